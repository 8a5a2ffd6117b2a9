// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/render.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "daemon/app/text.h"
#include "daemon/core/model/instant.h"
#include "daemon/core/policy/tagging.h"

namespace rollout {
namespace {

void add_line(std::string& text, std::string_view line) {
  if (!text.empty()) text += '\n';
  text += line;
}

std::string label_of(const Json& version) {
  return version_label(count_member(version, "number"), text_member(version, "tag"));
}

std::string serving(const Json& plan) {
  std::string text;
  for (const Json& share : list_member(plan, "serving")) {
    if (!text.empty()) text += ", ";
    text += count_member(share, "number") == 0 ? text_member(share, "id") : label_of(share);
    text += ' ' + percent(share.value("percentage", 0.0));
  }
  return text.empty() ? "nothing" : text;
}

std::string render_create(const Json& action, const Console& console) {
  const std::string tag = text_member(action, "tag");
  const std::string message = text_member(action, "message");
  std::string text =
      fmt::format("  {} create  {}{}, {}{}", console.paint(Tone::good, "+"),
                  tag.empty() ? "" : fmt::format("tag \"{}\"  ", tag),
                  counted(count_member(action, "modules"), "module"),
                  bytes_for_people(count_member(action, "bytes")),
                  text_member(action, "deploy") == "immediate" ? ", deployed at once" : "");
  add_line(text, fmt::format("            message {}/{} bytes, tag {}/{} bytes", message.size(),
                             kMessageBytes, tag.size(), kTagBytes));
  add_line(text, "            " + text_member(action, "reason"));
  return text;
}

std::string render_action(const Json& action, const Console& console) {
  const std::string kind = text_member(action, "action");
  if (kind == "create") return render_create(action, console);
  if (kind == "adopt")
    return fmt::format("  {} adopt   {}: the answer to its create was lost",
                       console.paint(Tone::careful, "="), label_of(action));
  if (kind == "close")
    return fmt::format("  {} settle  {} {}: {}", console.paint(Tone::careful, "="),
                       text_member(action, "intent"), text_member(action, "outcome"),
                       text_member(action, "reason"));
  return fmt::format("  {} delete  {}: {}", console.paint(Tone::bad, "-"), label_of(action),
                     text_member(action, "reason"));
}

void add_stops(std::string& text, const Json& stops, const Console& console) {
  if (!stops.empty()) add_line(text, render_stops(stops, console));
}

/// How many are kept by what, and what of it will end first.
void add_counts(std::string& text, const Json& verdicts) {
  const std::string endings = render_first_endings(verdicts);
  add_line(text, "    " + render_counts(verdicts));
  if (endings.empty()) return;
  text += "; of each kind, the first to end:";
  for (std::size_t at = 0; at < endings.size();) {
    const std::size_t end = std::min(endings.find('\n', at), endings.size());
    add_line(text, "      " + endings.substr(at, end - at));
    at = end + 1;
  }
}

/// What no rule keeps, and what stays for now all the same.
void add_waiting(std::string& text, const Json& plan) {
  const Json& stops = list_member(plan, "stops");
  const Json& ready = list_member(plan, "ready");
  if (!stops.empty() && !ready.empty()) {
    add_line(text, fmt::format("    would delete {}, were nothing in the way", ready.size()));
    for (const Json& version : ready)
      add_line(text,
               fmt::format("      {}: {}", label_of(version), text_member(version, "reason")));
  }
  const std::uint64_t waiting = count_member(plan, "waiting");
  if (waiting != 0)
    add_line(text,
             fmt::format("    {} more that nothing keeps wait for the grace period", waiting));
}

void add_change(std::string& text, const Json& plan) {
  const Json* change = find_member(plan, "policy_change");
  if (change == nullptr) return;
  const Json& lost = list_member(*change, "lost");
  const std::string former = text_member((*change)["former"], "policy");
  add_line(text, fmt::format("    the policy has changed: {} that {} are condemned now",
                             counted(lost.size(), "version"),
                             former.empty() ? "the former one may have kept"
                                            : fmt::format("policy {} kept before", former)));
  for (const Json& version : lost) {
    std::string reasons;
    for (const Json& reason : list_member(version, "reasons"))
      reasons += (reasons.empty() ? ": " : "; ") + render_reason(reason);
    add_line(text, fmt::format("      {}{}", label_of(version), reasons));
  }
}

std::string render_plan(const Json& plan, const Console& console) {
  std::string text = fmt::format("plan {}  {} (account {}, {}, config gen {}, remote as of {})",
                                 text_member(plan, "id"), text_member(plan, "worker"),
                                 text_member(plan, "account"), text_member(plan, "mode"),
                                 count_member(plan, "generation"), text_member(plan, "read_at"));
  add_line(text, "    serving " + serving(plan));
  const Json& actions = list_member(plan, "actions");
  for (const Json& action : actions) add_line(text, render_action(action, console));
  const Json& verdicts = list_member(plan, "versions");
  if (!verdicts.empty()) add_counts(text, verdicts);
  add_waiting(text, plan);
  add_change(text, plan);
  add_stops(text, list_member(plan, "stops"), console);
  add_stops(text, list_member(plan, "notices"), console);
  if (actions.empty()) add_line(text, "    nothing to do");
  const std::string next = text_member(plan, "next_change");
  if (!next.empty()) add_line(text, "    next change by itself " + next);
  return text;
}

std::string render_ledger_entry(const Json& entry) {
  const std::string actor = text_member(entry, "actor");
  return fmt::format("    {}  {}  {} ({}config gen {})", text_member(entry, "at"),
                     text_member(entry, "event"), text_member(entry, "detail"),
                     actor.empty() ? "" : "by " + actor + ", ", count_member(entry, "generation"));
}

/// Of a version as the API has it.
std::string tag_of(const Json& version) {
  const Json* annotations = find_member(version, "annotations");
  return annotations == nullptr ? "" : text_member(*annotations, "workers/tag");
}

/// The version that an explanation is about, as the reader knows it.
std::string subject_of(const Json& data) {
  if (const Json* verdict = find_member(data, "verdict")) return label_of(*verdict);
  if (const Json* version = find_member(data, "version"))
    return version_label(count_member(*version, "number"), tag_of(*version));
  const Json& ledger = list_member(data, "ledger");
  return ledger.empty() ? "this version" : label_of(ledger.front());
}

std::string render_verdict(const Json& data, const Json& verdict, const Console& console) {
  const bool kept = text_member(verdict, "verdict") == "keep";
  std::string text =
      fmt::format("{} of {} is {}", label_of(verdict), text_member(data, "worker"),
                  kept ? console.paint(Tone::good, "kept") : console.paint(Tone::bad, "condemned"));
  for (const Json& reason : list_member(verdict, "reasons")) {
    add_line(text, "  because  " + render_reason(reason));
    const std::string end = text_member(reason, "ends_when");
    if (!end.empty()) add_line(text, "             until " + end);
  }
  if (!kept) {
    add_line(text, "  because  nothing keeps it");
    add_line(text, fmt::format("  since    {} of the grace period of {}",
                               for_people(Millis(count_member(data, "condemned_for_ms"))),
                               text_member(data, "grace")));
  }
  if (const Json* formerly = find_member(data, "formerly"))
    for (const Json& reason : list_member(*formerly, "reasons"))
      add_line(text, fmt::format("  formerly kept by policy {}: {}",
                                 text_member(*formerly, "policy"), render_reason(reason)));
  return text;
}

}  // namespace

std::string render_stops(const Json& stops, const Console& console) {
  std::string text;
  for (const Json& stop : stops)
    add_line(text, fmt::format("  {} {}: {}", console.paint(Tone::careful, "!"),
                               text_member(stop, "code"), text_member(stop, "message")));
  return text;
}

std::string render_plans(const Json& data, const Console& console) {
  std::string text;
  for (const Json& plan : list_member(data, "plans")) add_line(text, render_plan(plan, console));
  return text;
}

std::string render_explanation(const Json& data, const Console& console) {
  std::string text;
  if (const Json* verdict = find_member(data, "verdict"))
    text = render_verdict(data, *verdict, console);
  else if (find_member(data, "version") != nullptr)
    text = fmt::format("{} of {} is there; no retention policy judges it", subject_of(data),
                       text_member(data, "worker"));
  else
    text = fmt::format("{} of {} is gone", subject_of(data), text_member(data, "worker"));
  if (const Json* pin = find_member(data, "pin"))
    add_line(text, fmt::format("  pinned   by {}: {}", text_member(*pin, "actor"),
                               text_member(*pin, "reason")));
  add_stops(text, list_member(data, "stops"), console);
  add_stops(text, list_member(data, "notices"), console);
  const Json& ledger = list_member(data, "ledger");
  if (!ledger.empty()) add_line(text, "  history, newest first");
  for (const Json& entry : ledger) add_line(text, render_ledger_entry(entry));
  return text;
}

}  // namespace rollout
