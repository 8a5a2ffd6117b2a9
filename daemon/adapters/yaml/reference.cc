// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "daemon/adapters/yaml/mistakes.h"
#include "daemon/adapters/yaml/schema.h"
#include "daemon/adapters/yaml/types.h"

namespace rollout {
namespace {

std::string words(const Key& key) {
  std::vector<std::string> out;
  for (const std::string_view choice : key.choices) out.push_back(fmt::format("`{}`", choice));
  return fmt::format("{}", fmt::join(out, ", "));
}

std::string given(const Key& key) {
  if (key.need == Need::required) return "required";
  return key.fallback.empty() ? "" : fmt::format("`{}`", key.fallback);
}

void add_table(const Table& table, std::string& out) {
  out += fmt::format("\n### {}\n\n| Key | Value | Default | Meaning |\n|---|---|---|---|\n",
                     table.title);
  for (const Key& key : table.keys) {
    out +=
        fmt::format("| `{}` | {} | {} | {} |\n", key.name, written(key), given(key), key.sentence);
  }
  for (const Key& key : table.keys) {
    if (key.child != nullptr) add_table(*key.child, out);
  }
}

}  // namespace

std::string written(const Key& key) {
  std::string one = key.type == Type::choice ? words(key) : std::string(rule_of(key.type).written);
  switch (key.shape) {
    case Shape::one:
      return one;
    case Shape::one_or_list:
      return one + ", or a list of these";
    case Shape::list:
      return "list: " + one;
    case Shape::section:
      return "section";
    case Shape::sections:
    case Shape::filled_sections:
      return "list of sections";
    case Shape::named_sections:
      return "sections by name";
    case Shape::one_or_section:
      return one + ", or a section";
    case Shape::facts:
      return "fact: pattern, or a list of these";
    case Shape::fact_values:
      return "fact: text";
  }
  return one;
}

std::string key_reference(const Table& document) {
  std::string out;
  add_table(document, out);
  return out;
}

std::string mistake_reference() {
  std::string out = "\n| Code | Meaning |\n|---|---|\n";
  for (const MistakeRow& row : mistake_rows()) {
    out += fmt::format("| `{}` | {} |\n", row.code, row.sentence);
  }
  return out;
}

std::string fact_reference() {
  std::string out = "\n| Fact | Meaning |\n|---|---|\n";
  for (const FactRow& row : fact_rows()) {
    out += fmt::format("| `{}` | {} |\n", row.name, row.sentence);
  }
  return out;
}

}  // namespace rollout
