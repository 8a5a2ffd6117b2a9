// SPDX-License-Identifier: Apache-2.0
// The keys of policies/*.yaml.
#include "daemon/adapters/yaml/keys.h"

namespace rollout {
namespace {

using enum Shape;

constexpr std::string_view kScopes[] = {"managed", "all"};
constexpr std::string_view kOverflows[] = {"error", "truncate"};

constexpr std::string_view kAll[] = {"all"};
constexpr std::string_view kAnchors[] = {"newest", "now"};

constexpr Key bucket_key(std::string_view name, std::string_view sentence) {
  return {.name = name, .shape = one_or_list, .type = Type::extent, .sentence = sentence};
}

constexpr Key kKeep[] = {
    {.name = "last",
     .shape = one_or_list,
     .type = Type::extent_count,
     .sentence = "Keeps the newest, by number."},
    {.name = "within",
     .shape = one_or_list,
     .type = Type::extent_span,
     .sentence = "Keeps what was created in this time before the newest of the group, or before "
                 "now (`anchor`)."},
    bucket_key("hourly",
               "Keeps the newest of each hour that has a version: of so many hours, or of those "
               "that a duration before the anchor reaches."),
    bucket_key("daily", "The same by days of the policy's time zone."),
    bucket_key("weekly", "The same by weeks, which begin on Mondays (ISO 8601)."),
    bucket_key("monthly", "The same by months."),
    bucket_key("quarterly", "The same by calendar quarters."),
    bucket_key("yearly", "The same by years."),
    {.name = "deployed",
     .shape = one_or_list,
     .type = Type::extent,
     .sentence = "A count keeps the last that served traffic; a duration keeps those that served "
                 "at any moment in it."},
    {.name = "stable",
     .shape = one_or_list,
     .type = Type::extent,
     .sentence = "The same as `deployed`, over those that had all traffic for at least `soak` in "
                 "one stretch."},
    {.name = "tagged",
     .shape = one_or_list,
     .type = Type::pattern,
     .sentence = "Keeps what has a matching tag."},
};
constexpr Table kKeepTable{"keep", kKeep, R"({"minProperties":1})"};

constexpr Key kMatch[] = {
    {.name = "tag",
     .shape = one_or_list,
     .type = Type::pattern,
     .sentence = "On the tag, any of them.",
     .need = Need::required},
};
constexpr Table kMatchTable{"groups.match", kMatch};

constexpr Key kGroup[] = {
    {.name = "name",
     .type = Type::name,
     .sentence = "Unique in the policy; reasons name it.",
     .need = Need::required},
    {.name = "match",
     .shape = section,
     .sentence = "Which versions are of this group; without it, all that no earlier group took.",
     .child = &kMatchTable},
    {.name = "per",
     .type = Type::capture,
     .sentence = "The name of a `<name>` in every pattern of `match`: each value that it captures "
                 "is a group of its own."},
    {.name = "anchor",
     .type = Type::choice,
     .sentence = "Where windows end: at the newest version of the group, so that an idle Worker "
                 "loses nothing, or `now`.",
     .fallback = "newest",
     .choices = kAnchors},
    {.name = "min_keep",
     .type = Type::count_or_zero,
     .sentence = "So many of the newest are always kept; 0 only with `anchor: now`.",
     .fallback = "1",
     .most = 1'000'000},
    {.name = "keep",
     .shape = one_or_section,
     .type = Type::choice,
     .sentence = "What is kept of this group, by itself; `all` keeps every version of it.",
     .need = Need::required,
     .child = &kKeepTable,
     .choices = kAll},
};
constexpr Table kGroupTable{"groups", kGroup};

constexpr Key kProtect[] = {
    {.name = "min_age",
     .type = Type::span_or_zero,
     .sentence = "Nothing younger than this is deleted.",
     .fallback = "1h"},
    {.name = "rollback",
     .type = Type::count,
     .sentence = "That many stable versions beside the current one are kept to go back to.",
     .fallback = "2",
     .most = 1'000'000},
    {.name = "soak",
     .type = Type::span,
     .sentence = "A version is stable after all traffic for this long in one stretch.",
     .fallback = "15min"},
    {.name = "pin",
     .shape = list,
     .type = Type::pattern,
     .sentence = "Versions with a matching tag are never deleted."},
};
constexpr Table kProtectTable{"protect", kProtect};

constexpr Key kLimits[] = {
    {.name = "max_deletes",
     .type = Type::count,
     .sentence = "A plan that deletes more than this many is stopped as a whole.",
     .fallback = "20",
     .most = 1'000'000},
    {.name = "max_percent",
     .type = Type::percent,
     .sentence = "A plan that deletes more than this share of the Worker's versions in scope is "
                 "stopped as a whole; one deletion never is.",
     .fallback = "25%"},
    {.name = "approve_over",
     .type = Type::count,
     .sentence = "A plan that deletes more than this many, but no more than `max_deletes`, waits "
                 "until a person approves it; without it, none does.",
     .most = 1'000'000},
    {.name = "grace",
     .type = Type::span_or_zero,
     .sentence = "A version is deleted only after it was condemned in every plan for this long.",
     .fallback = "24h"},
    {.name = "window",
     .type = Type::window,
     .sentence =
         "Deletes happen only in these hours of the policy's time zone; without it, always."},
};
constexpr Table kLimitsTable{"limits", kLimits};

constexpr Key kTestVersion[] = {
    {.name = "number",
     .type = Type::count,
     .sentence = "Versions rank by it.",
     .need = Need::required,
     .most = 1'000'000'000},
    {.name = "created_on",
     .type = Type::instant,
     .sentence = "Without it, the version is undated."},
    {.name = "tag", .type = Type::text, .sentence = "Its tag."},
    {.name = "live",
     .shape = list,
     .type = Type::stretch,
     .sentence = "When it served; of versions that serve at once each has its share."},
    {.name = "pinned",
     .type = Type::boolean,
     .sentence = "Whether a person pinned it.",
     .fallback = "false"},
    {.name = "foreign",
     .type = Type::boolean,
     .sentence = "Whether another tool made it.",
     .fallback = "false"},
};
constexpr Table kTestVersionTable{"tests.versions", kTestVersion};

constexpr Key kRetentionTest[] = {
    {.name = "name",
     .type = Type::text,
     .sentence = "What the test shows; unique in the policy.",
     .need = Need::required},
    {.name = "now",
     .type = Type::instant,
     .sentence = "The time of the judgement.",
     .need = Need::required},
    {.name = "versions",
     .shape = filled_sections,
     .sentence = "All versions of the Worker; each was first seen when it was created.",
     .need = Need::required,
     .child = &kTestVersionTable},
    {.name = "keep",
     .shape = list,
     .type = Type::count,
     .sentence = "Numbers of versions that must be kept."},
    {.name = "delete",
     .shape = list,
     .type = Type::count,
     .sentence =
         "Numbers of versions that nothing may keep. Grace, limits and window have no say."},
};
constexpr Table kRetentionTestTable{"tests", kRetentionTest};

constexpr Key kRetention[] = {
    {.name = "retention",
     .type = Type::policy,
     .sentence = "The policy's name; the first key of the file.",
     .need = Need::required},
    {.name = "timezone",
     .type = Type::timezone,
     .sentence = "Whose days, weeks, months and hours are meant.",
     .fallback = "UTC"},
    {.name = "keep",
     .shape = one_or_section,
     .type = Type::choice,
     .sentence = "Short form: one group, `all`, for all versions; `keep: all` keeps every one.",
     .child = &kKeepTable,
     .choices = kAll},
    {.name = "groups",
     .shape = filled_sections,
     .sentence = "Groups of versions; the first that matches owns a version, and what matches none "
                 "is kept.",
     .child = &kGroupTable},
    {.name = "protect",
     .shape = section,
     .sentence = "Protections that are always on, whatever the rules say.",
     .child = &kProtectTable},
    {.name = "limits",
     .shape = section,
     .sentence = "What one run may do.",
     .child = &kLimitsTable},
    {.name = "scope",
     .type = Type::choice,
     .sentence = "`managed`: only versions that this tool made; `all`: every version.",
     .fallback = "managed",
     .choices = kScopes},
    {.name = "tests",
     .shape = sections,
     .sentence = "Run whenever the policy is loaded; where one fails, the policy is not used.",
     .child = &kRetentionTestTable},
};
constexpr Table kRetentionTable{"retention policy", kRetention,
                                R"({"oneOf":[{"required":["keep"]},{"required":["groups"]}]})"};

constexpr Key kRule[] = {
    {.name = "when",
     .shape = facts,
     .type = Type::pattern,
     .sentence = "Facts and the patterns they must match, all of them; without it the rule always "
                 "holds."},
    {.name = "tag",
     .type = Type::templated,
     .sentence = "The version's tag, at most 100 bytes.",
     .need = Need::required},
    {.name = "message",
     .type = Type::templated,
     .sentence = "The version's message; with its identity trailer at most 1000 bytes. Without it "
                 "the message is the trailer alone."},
};
constexpr Table kRuleTable{"rules", kRule};

constexpr Key kTaggingTest[] = {
    {.name = "name",
     .type = Type::text,
     .sentence = "What the test shows; unique in the policy.",
     .need = Need::required},
    {.name = "facts",
     .shape = fact_values,
     .type = Type::text,
     .sentence = "The facts of the build; those that are not given are missing, but for "
                 "`policy.name`."},
    {.name = "tag", .type = Type::text, .sentence = "The tag that the build must get."},
    {.name = "message",
     .type = Type::any_text,
     .sentence = "The message that the build must get, without its identity trailer."},
    {.name = "refused",
     .type = Type::text,
     .sentence = "Instead of both: a part of the sentence with which the build must be refused."},
};
constexpr Table kTaggingTestTable{"tests", kTaggingTest, R"({"oneOf":[
  {"required":["refused"]},
  {"anyOf":[{"required":["tag"]},{"required":["message"]}]}]})"};

constexpr Key kTagging[] = {
    {.name = "tagging",
     .type = Type::policy,
     .sentence = "The policy's name; the first key of the file.",
     .need = Need::required},
    {.name = "rules",
     .shape = filled_sections,
     .sentence = "The first rule that holds is used.",
     .need = Need::required,
     .child = &kRuleTable},
    {.name = "on_overflow",
     .type = Type::choice,
     .sentence = "What happens to a tag or message that is too long.",
     .fallback = "error",
     .choices = kOverflows},
    {.name = "require",
     .shape = list,
     .type = Type::fact,
     .sentence = "Facts without which no version is made."},
    {.name = "unique",
     .type = Type::boolean,
     .sentence = "`true`: a tag that another build's version already carries is an error.",
     .fallback = "false"},
    {.name = "tests",
     .shape = sections,
     .sentence = "Run whenever the policy is loaded; where one fails, the policy is not used.",
     .child = &kTaggingTestTable},
};
constexpr Table kTaggingTable{
    "tagging policy", kTagging,
    R"({"not":{"properties":{"tagging":{"const":"manual"}},"required":["tagging"]}})"};

}  // namespace

const Table& retention_table() {
  return kRetentionTable;
}

const Table& tagging_table() {
  return kTaggingTable;
}

}  // namespace rollout
