// SPDX-License-Identifier: Apache-2.0
#include "daemon/codec/script_imports.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace rollout {
namespace {

using Texts = std::vector<std::string>;

ScriptImports scan(std::string_view script) {
  return scan_imports(script, [](std::string_view) {});
}

Texts imports_of(std::string_view script) {
  Texts found;
  for (const auto& import : scan(script).imports) found.push_back(import.specifier);
  return found;
}

bool computes(std::string_view script) {
  return scan(script).computed;
}

std::string end_of(std::string_view script) {
  return scan(script).unfinished;
}

TEST(ScriptImports, AreFoundAsBundlersWriteThem) {
  EXPECT_EQ(imports_of(R"(
      import x from "./x.js"; import"./y.js";import('../z.js');export*from'./w.js'
      import wasm from "./sub/add.wasm"; import ext from "external"; const s = "./no.js";
      reimport("./no.js"); say("from ./no.js"); x.from('./no.js'); const from = `./no.js`;
      import ( "./late.js" );import(`./quoted.js`);import{a as b}from"./c.js";export{d}from './e.js'
      import(/* webpackChunkName: "f" */ "./f.js"); import j from "./j.json" with { type: "json" })"),
            (Texts{"./x.js", "./y.js", "../z.js", "./w.js", "./sub/add.wasm", "external",
                   "./late.js", "./quoted.js", "./c.js", "./e.js", "./f.js", "./j.json"}));
}

TEST(ScriptImports, AreNoneInCommentsTextsAndRegularExpressions) {
  EXPECT_EQ(imports_of(R"(
      // import "./no.js"
      /** @type {import("./no.js").Thing} */
      const a = "import './no.js'", b = 'import("./no.js")', c = `import "./no.js"`;
      const d = /import ".\/no.js"/, e = /["'`]/.test(a) ? /[/"]/g : 1 / 2 / 3;
      if (a) /import "no"/.test(b); for (const x of y) {} /"/.exec(c); x = a++ / b; y = f() / '/';
      api.import("./no.js"); const { from } = a; log(a[0] / 2, "x", 1./2, '"'); import.meta.url;)"),
            Texts{});
  EXPECT_EQ(imports_of("`${import('./a.js')} ${`${import(\"./b.js\")}`} import './no.js'`"),
            (Texts{"./a.js", "./b.js"}));
}

TEST(ScriptImports, KnowTheirLines) {
  const auto found = scan("\n/*\n*/ import './a.js'\n\n;import('./b.js')");
  ASSERT_EQ(found.imports.size(), 2U);
  EXPECT_EQ(found.imports[0].line, 3U);
  EXPECT_EQ(found.imports[1].line, 5U);
}

TEST(ScriptImports, AreComputedWhereNoPlainTextNamesThem) {
  EXPECT_TRUE(computes("import(name)"));
  EXPECT_TRUE(computes("import('./' + name)"));
  EXPECT_TRUE(computes("import(`./${name}.js`)"));
  EXPECT_TRUE(computes("x = {...require(name)}"));
  EXPECT_TRUE(computes(R"(import("./\x61.js"))")) << "an escape is not worth reading";
  EXPECT_FALSE(computes("import('./a.js'); require('b'); import('./c.json', options)"));
  EXPECT_FALSE(computes("import.meta.url; module.require; const require = 1; a.import(name)"));
}

TEST(ScriptImports, TellEveryText) {
  Texts texts;
  scan_imports("__require(\"./a.js\") + 'b' + `c` + `d${'e'}`",
               [&](std::string_view text) { texts.emplace_back(text); });
  EXPECT_EQ(texts, (Texts{"./a.js", "b", "c", "e"}));
}

TEST(ScriptImports, AreReadFromAWholeScriptOnly) {
  EXPECT_EQ(end_of("a = 'x\\\r\ny\\\nz'"), "") << "a text may go on in the next line";
  EXPECT_EQ(end_of("#!/usr/bin/env node \"\nf({a: [1, /x[/]y/]})"), "");
  EXPECT_EQ(end_of("\nf({a: ["), "ends in the middle of brackets that begins in line 2");
  EXPECT_EQ(end_of("a = `x\n${b}"), "ends in the middle of a template that begins in line 2");
  EXPECT_EQ(end_of("a = 'x"), "ends in the middle of a text that begins in line 1");
  EXPECT_EQ(end_of("a /* "), "ends in the middle of a comment that begins in line 1");
  EXPECT_EQ(end_of("a = \"\\"), "ends in the middle of a text that begins in line 1");
  EXPECT_NE(end_of("}"), "");
}

TEST(ScriptImports, LeadToModules) {
  EXPECT_EQ(resolve_import("lib/a.js", "./x.js"), "lib/x.js");
  EXPECT_EQ(resolve_import("lib/a.js", "../x.js"), "x.js");
  EXPECT_EQ(resolve_import("a.js", "../x.js"), "");
  EXPECT_EQ(resolve_import("lib/a.js", "x.js"), "x.js") << "by its name";
}

// Thousands of scripts, minified and not, by every bundler there is: all are whole.
TEST(ScriptImports, ReadTheToolsThatTheTestsUse) {
  constexpr std::uintmax_t kLargest = 256 * 1024;  // The larger ones take long under sanitizers.
  std::size_t scripts = 0;
  const std::filesystem::path tools = ROLLOUT_SOURCE_DIR "/tests/npm/node_modules";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(tools)) {
    const auto kind = entry.path().extension();
    if (!entry.is_regular_file() || entry.file_size() > kLargest) continue;
    if (kind != ".js" && kind != ".mjs" && kind != ".cjs") continue;
    std::ifstream in(entry.path());
    const std::string script{std::istreambuf_iterator<char>(in), {}};
    EXPECT_EQ(end_of(script), "") << entry.path();
    ++scripts;
  }
  EXPECT_GT(scripts, 500U);
}

}  // namespace
}  // namespace rollout
