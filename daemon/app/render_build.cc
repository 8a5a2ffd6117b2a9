// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "daemon/app/render.h"
#include "daemon/app/text.h"

namespace rollout {
namespace {

constexpr std::size_t kHashShown = 12;
constexpr std::size_t kLeftOutShown = 20;

using Rows = std::vector<std::vector<std::string>>;

/// The rows as a table of its own, or nothing where there is only the head.
std::string table(const Rows& rows) {
  return rows.size() > 1 ? align(rows) + "\n" : std::string();
}

std::string modules(const Json& build) {
  Rows rows = {{"MODULE", "TYPE", "SIZE", "SHA-256"}};
  for (const Json& module : list_member(build, "modules")) {
    const std::string name = text_member(module, "name");
    rows.push_back({build["main_module"] == name ? name + " (main)" : name,
                    text_member(module, "content_type"),
                    bytes_for_people(count_member(module, "size")),
                    text_member(module, "sha256").substr(0, kHashShown)});
  }
  return table(rows);
}

std::string settings(const Json& build) {
  Rows rows = {{"SETTING", "VALUE", "FROM"}};
  for (const Json& setting : list_member(build, "settings")) {
    rows.push_back({text_member(setting, "setting"), dump_json(setting["value"]),
                    text_member(setting, "from")});
  }
  return table(rows);
}

std::string listed(const Json& words, std::string_view what) {
  std::string text;
  for (const Json& word : words) text += (text.empty() ? "" : ", ") + word.get<std::string>();
  return text.empty() ? text : fmt::format("{}: {}\n", what, text);
}

std::string assets(const Json& build) {
  const Json* given = find_member(build, "assets");
  if (given == nullptr || given->is_null()) return {};
  return fmt::format("\nassets   {}, {}; {} there left out",
                     counted(list_member(*given, "files").size(), "file"),
                     bytes_for_people(count_member(*given, "bytes")),
                     counted(count_member(*given, "left_out"), "file"));
}

std::string annotations(const Json& given) {
  if (!given.is_object()) return {};
  const std::string refused = text_member(given, "refused");
  if (!refused.empty()) {
    return fmt::format("\ntagging {} refuses it: {}\n", text_member(given, "policy"), refused);
  }
  return fmt::format("\ntag      {}\nmessage  {}\n", text_member(given, "tag"),
                     text_member(given, "message"));
}

}  // namespace

std::string render_left_out(const Json& files) {
  Rows rows = {{"LEFT OUT", "BECAUSE"}};
  for (const Json& file : files) {
    if (rows.size() > kLeftOutShown) break;
    rows.push_back({text_member(file, "file"), text_member(file, "because")});
  }
  if (files.size() > kLeftOutShown) {
    rows.push_back({fmt::format("and {} more", files.size() - kLeftOutShown), "see -o json"});
  }
  return table(rows);
}

std::string render_build(const Json& build) {
  const Json& heritage = build["heritage"];
  return modules(build) + render_left_out(list_member(build, "left_out")) + settings(build) +
         listed(list_member(heritage, "required_secrets"), "secrets that must be there") +
         listed(list_member(heritage, "migrations"),
                "migrations, of which those not run are sent") +
         listed(list_member(build, "ignored"), "set on the Worker, not on a version; ignored") +
         fmt::format("digest   {}\nrequest  {}, {} of modules", text_member(build, "digest"),
                     bytes_for_people(count_member(build, "request_bytes")),
                     bytes_for_people(count_member(build, "bytes"))) +
         assets(build) + annotations(build["annotations"]);
}

}  // namespace rollout
