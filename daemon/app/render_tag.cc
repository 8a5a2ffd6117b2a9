// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "daemon/app/render.h"
#include "daemon/app/text.h"
#include "daemon/core/policy/tagging.h"

namespace rollout {
namespace {

constexpr std::size_t kWidestValue = 48;  // Bytes of a fact in the table; -o json has it whole.

/// On one line and without what a terminal would obey: a fact may come from anywhere.
std::string on_one_line(std::string text) {
  for (char& c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) c = ' ';
  }
  return truncate_utf8(text, kWidestValue);
}

std::string joined(const Json& words) {
  std::string text;
  for (const Json& word : words) text += (text.empty() ? "" : ", ") + word.get<std::string>();
  return text;
}

/// Further lines stand under the first.
std::string indented(const std::string& text) {
  std::string out;
  for (const char c : text) {
    out += c;
    if (c == '\n') out += "         ";
  }
  return out;
}

std::string render_budget(const Json& budget) {
  std::string text =
      fmt::format("{} of {} bytes", count_member(budget, "bytes"), count_member(budget, "limit"));
  const std::uint64_t trailer = count_member(budget, "trailer");
  if (trailer != 0) text += fmt::format(", {} of them for the trailer", trailer);
  const std::uint64_t whole = count_member(budget, "cut_from");
  if (whole != 0) text += fmt::format("; cut from {}", whole);
  return text;
}

}  // namespace

std::string render_facts(const Json& facts, const Console& console) {
  std::vector<std::vector<std::string>> rows = {{"FACT", "VALUE", "USED IN", "FROM"}};
  for (const auto& [name, fact] : facts.items()) {
    const bool found = find_member(fact, "value") != nullptr;
    rows.push_back(
        {name, found ? on_one_line(text_member(fact, "value")) : "(missing)",
         joined(list_member(fact, "used")),
         found ? text_member(fact, "where") : "looked for in " + text_member(fact, "looked_for")});
  }
  const std::string table = align(rows);
  const std::size_t head = table.find('\n');
  return console.paint(Tone::faint, table.substr(0, head)) +
         (head == std::string::npos ? "" : table.substr(head));
}

std::string render_tag(const Json& data, const Console& console) {
  const Json& budgets = data.at("budgets");
  std::string text =
      fmt::format("tag      {}\n         {}\nmessage  {}\n         {}\nrule     {} of {}\n",
                  console.paint(Tone::good, text_member(data, "tag")),
                  console.paint(Tone::faint, render_budget(budgets.at("tag"))),
                  indented(text_member(data, "message")),
                  console.paint(Tone::faint, render_budget(budgets.at("message"))),
                  count_member(data, "rule"), count_member(data, "rules"));
  for (const Json& note : list_member(data, "notes")) {
    text += fmt::format("note     {}\n", note.get<std::string>());
  }
  return text + '\n' + render_facts(data.at("facts"), console);
}

}  // namespace rollout
