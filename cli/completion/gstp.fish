# Completes gstp in fish: gstp completion fish | source

function __gstp_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in ($words[1] completion --complete -- $words[2..-1] "$current" 2>/dev/null)
        switch $line
            case :gstp
                __fish_complete_suffix .gstp
            case :files
                __fish_complete_path "$current"
            case '*'
                echo $line
        end
    end
end

complete -c gstp -f -a '(__gstp_complete)'
