#!/bin/sh
# Records two clips that begin before they are asked for, says what is printed, and draws frames of the first one.
#
# usage: sh scripts/demo.sh
set -eu
cd "$(dirname "$0")/.."

folder=$(mktemp -d "${TMPDIR:-/tmp}/gstp-demo-XXXXXX")
# the second of the stream, in each frame
labels="drawtext=text='%{pts\:flt} s':x=8:y=8:fontsize=26:fontcolor=white"

cat <<END
A test picture, a moving ball, plays at 30 frames a second. A ring buffer keeps its last 2 seconds in memory.
record() is called at seconds 3, 4 and 9. Each clip is to begin 2 seconds before its first call and to end 2 seconds after
its last one. This takes 12 seconds ...

END
deno run -A recipes/single-recorder.ts --out="$folder"
cat <<END

Two lines for each clip, from ffprobe: its file, how long it is, and the second of the stream at which it begins.
  The calls at seconds 3 and 4 made one clip: 5 s, from second 1 to second 6.
  The call at second 9 made another one: 4 s, from second 7 to second 11.
Starts are late by as much as the script's calls were, often a few hundredths of a second.

END

# the older of the two; some builds of ffmpeg cannot draw text
first=$(ls -tr "$folder"/*.webm | head -n 1)
draw() {
  ffmpeg -v error -y -copyts -i "$first" -vf "select=not(mod(n\,30))$1,scale=160:-1,tile=5x1:padding=3:color=white" \
    -frames:v 1 "$folder/frames.png"
}
draw ",$labels" 2>/dev/null || draw ""
echo "Look at $folder/frames.png: a frame of each second of the first clip, the first two from before the call."
