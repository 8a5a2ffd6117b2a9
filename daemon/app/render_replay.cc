// SPDX-License-Identifier: Apache-2.0
// What a policy would have done, and where two of them part.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "daemon/app/render.h"
#include "daemon/app/text.h"

namespace rollout {
namespace {

std::string label_of(const Json& version) {
  return version_label(count_member(version, "number"), text_member(version, "tag"));
}

std::string reasons_of(const Json& list) {
  std::string text;
  for (const Json& reason : list) text += (text.empty() ? "" : "; ") + render_reason(reason);
  return text;
}

std::string render_gone(const Json& gone) {
  std::vector<std::vector<std::string>> rows = {{"GONE", "VERSION", "CREATED", "LAST HELD BY"}};
  for (const Json& each : gone) {
    const std::string held = reasons_of(list_member(each, "held_by"));
    rows.push_back({text_member(each, "at"), label_of(each), text_member(each, "created_on"),
                    held.empty() ? "nothing in that time" : held});
  }
  return align(rows);
}

std::string render_broken(const Json& broken, const Console& console) {
  return fmt::format("  {} {}  {} {}, which would have been gone since {}",
                     console.paint(Tone::bad, "x"), text_member(broken, "at"),
                     text_member(broken, "kind") == "rollback" ? "rollback to" : "deployment of",
                     label_of(broken), text_member(broken, "gone_at"));
}

std::string render_stopped(const Json& stop, const Console& console) {
  return fmt::format("  {} {} on {}, first {}: {}{}", console.paint(Tone::careful, "!"),
                     text_member(stop, "code"), counted(count_member(stop, "days"), "day"),
                     text_member(stop, "first"), text_member(stop, "message"),
                     stop.value("lifted", false) ? " (taken for lifted by a person)" : "");
}

/// `2 of 30 versions would have gone; 1 later rollback and 1 deployment would have been broken`
std::string render_sum(const Json& data) {
  const Json& broken = list_member(data, "broken");
  const std::uint64_t rollbacks = count_member(data, "broken_rollbacks");
  std::string text = fmt::format(
      "{} of {} would have gone; {} would have been broken", list_member(data, "gone").size(),
      counted(count_member(data, "versions"), "version"), counted(rollbacks, "later rollback"));
  if (broken.size() > rollbacks)
    text += fmt::format(", and {}", counted(broken.size() - rollbacks, "first deployment"));
  return text;
}

/// What becomes of a version by one of two policies.
std::string fate_of(const Json& side) {
  const std::string verdict = text_member(side, "verdict");
  const std::string group = text_member(side, "group");
  const std::string where = group.empty() || group == "all" ? "" : " (group " + group + ")";
  if (verdict == "keep") return "kept: " + reasons_of(list_member(side, "reasons"));
  if (verdict == "condemned") return "nothing keeps it" + where;
  if (text_member(side, "fate") == "stays") return "stays";
  const std::string held = reasons_of(list_member(side, "held_by"));
  return fmt::format("goes {}{}", text_member(side, "at"),
                     held.empty() ? where : ", last held by " + held);
}

bool is_lost(const Json& change) {
  const Json& side = change["new"];
  return text_member(side, "verdict") == "condemned" || text_member(side, "fate") == "goes";
}

std::string render_changes(const Json& data) {
  std::vector<std::vector<std::string>> rows = {{"VERSION", "CREATED", "OLD", "NEW"}};
  for (const Json& change : list_member(data, "changes"))
    rows.push_back({label_of(change), text_member(change, "created_on"), fate_of(change["old"]),
                    fate_of(change["new"])});
  return align(rows);
}

}  // namespace

std::string render_replay(const Json& data, const Console& console) {
  const Json& gone = list_member(data, "gone");
  std::string text = fmt::format("policy {} from {} to {}, day by day", text_member(data, "policy"),
                                 text_member(data, "since"), text_member(data, "until"));
  if (!gone.empty()) text += '\n' + render_gone(gone);
  for (const Json& broken : list_member(data, "broken"))
    text += '\n' + render_broken(broken, console);
  for (const Json& stop : list_member(data, "stops")) text += '\n' + render_stopped(stop, console);
  const std::uint64_t unlisted = count_member(data, "unlisted");
  if (unlisted != 0)
    text += fmt::format("\n  {} nothing is said of {} that served in that time and cannot be found",
                        console.paint(Tone::careful, "!"), counted(unlisted, "version"));
  return text + '\n' + render_sum(data);
}

std::string render_policy_diff(const Json& data, const Console& console) {
  const Json& changes = list_member(data, "changes");
  std::size_t lost = 0;
  for (const Json& change : changes) lost += is_lost(change) ? 1 : 0;
  std::string text = changes.empty() ? "" : render_changes(data) + '\n';
  text += fmt::format(
      "{} of {} change their fate: NEW lets {} go that OLD keeps, and keeps {} that "
      "OLD lets go",
      changes.size(), counted(count_member(data, "versions"), "version"),
      console.paint(lost == 0 ? Tone::plain : Tone::bad, fmt::format("{}", lost)),
      changes.size() - lost);
  if (find_member(data, "since") == nullptr) return text;
  return text +
         fmt::format("\nfrom {} to {}, OLD would have broken {}, NEW {}",
                     text_member(data, "since"), text_member(data, "until"),
                     counted(count_member(data["old"], "broken_rollbacks"), "later rollback"),
                     count_member(data["new"], "broken_rollbacks"));
}

}  // namespace rollout
