/**
 * What Template.parse() reads of a text and its placeholders.
 */
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { Template, TemplateError } from "../../src/template/template.ts";

const file = "a.gstp";

Deno.test("Template.parse() lists the placeholders", () => {
  const template = Template.parse("a={a} b={b=1}\nc={c:raw} {d:raw=2} a={a}\n# {e}\n{f_1-x=}");
  assertEquals(template.placeholders, [
    { name: "a", required: true, raw: false, line: 1 },
    { name: "b", required: false, default: "1", raw: false, line: 1 },
    { name: "c", required: true, raw: true, line: 2 },
    { name: "d", required: false, default: "2", raw: true, line: 2 },
    { name: "f_1-x", required: false, default: "", raw: false, line: 4 },
  ]);
  assertEquals(Template.parse("{a}\n{a:raw=1}").placeholders, [
    { name: "a", required: false, default: "1", raw: true, line: 1 },
  ]);
});

Deno.test("Template.parse() says what is wrong with a brace", () => {
  const cases: [text: string, line: number, shown: string][] = [
    ["a\nb={ I420, NV12 }", 2, '"{ I420, NV12 }"'],
    ["a\n\nb={c", 3, '"{c"'],
    ["a}", 1, '"}"'],
    ["{{a}", 1, '"}"'],
    ["{}", 1, '"{}"'],
    ["{1a}", 1, '"{1a}"'],
    ["{a b}", 1, '"{a b}"'],
    ["{a:row}", 1, '"{a:row}"'],
    ["{a=1:raw={b}}", 1, '"{a=1:raw={b}}"'],
    ["{a\n}", 1, '"{a"'],
    ["{\u00fc}", 1, '"{\u00fc}"'],
    [`{${"a ".repeat(50)}}`, 1, `"{${"a ".repeat(14)}a"`],
  ];
  for (const [text, line, shown] of cases) {
    const error = assertThrows(() => Template.parse(text, { file }), TemplateError);
    assertEquals([error.file, error.line], [file, line]);
    assertStringIncludes(error.message, `${shown} is not a placeholder`);
    assertStringIncludes(error.message, "write {{ or }} for a literal brace");
  }
  assertThrows(
    () => Template.parse("a={b=1} { c={d}"),
    TemplateError,
    "It takes --b=VALUE (default: 1), --d=",
  );
});

Deno.test("Template.parse() refuses two defaults for one name", () => {
  const error = assertThrows(() => Template.parse("a={a=1}\nb={a=2}", { file }), TemplateError);
  assertEquals([error.file, error.line, error.placeholder], [file, 2, "a"]);
  assertStringIncludes(error.message, 'two defaults, "1" and "2"');
});
