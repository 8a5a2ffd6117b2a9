// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/yaml/mistakes.h"

#include <algorithm>
#include <iterator>

#include "daemon/core/model/ensure.h"

namespace rollout {
namespace {

constexpr MistakeRow kRows[] = {
    {Mistake::unreadable, "Unreadable", "The file or directory cannot be read."},
    {Mistake::too_large, "TooLarge", "The file has more than 256 KiB."},
    {Mistake::not_utf8, "NotUtf8", "The file is not valid UTF-8."},
    {Mistake::control_character, "ControlCharacter", "A control character is in the file."},
    {Mistake::wrong_extension, "WrongExtension", "A file ends in `.yml`; only `.yaml` is read."},
    {Mistake::syntax, "Syntax", "The text is not YAML."},
    {Mistake::empty_document, "EmptyDocument", "There is nothing in the file."},
    {Mistake::second_document, "SecondDocument", "A second document follows after `---`."},
    {Mistake::tag_not_allowed, "TagNotAllowed", "A YAML tag such as `!!str` is used."},
    {Mistake::key_not_text, "KeyNotText", "A key is a list, a map, an alias or empty."},
    {Mistake::duplicate_key, "DuplicateKey", "A key stands twice in one map."},
    {Mistake::too_deep, "TooDeep", "Lists and maps are nested more than 32 levels deep."},
    {Mistake::too_many_nodes, "TooManyNodes", "More than 50000 values, aliases counted in full."},
    {Mistake::recursive_alias, "RecursiveAlias", "An alias stands inside its own anchor."},
    {Mistake::unknown_key, "UnknownKey", "No such key exists here."},
    {Mistake::missing_key, "MissingKey", "A required key is missing."},
    {Mistake::no_value, "NoValue", "A key or a list entry has no value."},
    {Mistake::wrong_type, "WrongType", "A text, a list or a map stands where another is wanted."},
    {Mistake::quote_it, "QuoteIt", "A text looks like a number or a boolean and must be quoted."},
    {Mistake::not_boolean, "NotBoolean", "Only `true` and `false`, unquoted, are booleans."},
    {Mistake::bad_number, "BadNumber", "The number is not written in plain decimal digits."},
    {Mistake::zero_count, "ZeroCount", "A count or a duration is zero."},
    {Mistake::out_of_range, "OutOfRange", "The number is larger than the key allows."},
    {Mistake::missing_unit, "MissingUnit", "A duration, rate or percentage has no unit."},
    {Mistake::bad_duration, "BadDuration", "The duration is not written as `1h30min`."},
    {Mistake::bad_percent, "BadPercent", "The percentage is not between `1%` and `100%`."},
    {Mistake::bad_rate, "BadRate", "The rate is not written as `1/s`."},
    {Mistake::bad_date, "BadDate",
     "A date or time is not written as it must be, or does not exist."},
    {Mistake::bad_timezone, "BadTimezone", "The host knows no time zone of this name."},
    {Mistake::bad_window, "BadWindow", "The window is not written as `Mon-Thu 09:00-16:00`."},
    {Mistake::bad_name, "BadName", "The name has characters that names cannot have."},
    {Mistake::bad_path, "BadPath", "The path is not absolute, not plain, or too long."},
    {Mistake::bad_url, "BadUrl", "The address of the API is not a plain URL."},
    {Mistake::insecure_url, "InsecureUrl", "`http://` is used for a host that is not loopback."},
    {Mistake::bad_listen, "BadListen", "`listen` is neither on loopback nor a socket's path."},
    {Mistake::bad_account_id, "BadAccountId", "The account id is not 32 lower-case hex digits."},
    {Mistake::inline_token, "InlineToken", "A token stands in the file itself."},
    {Mistake::token_source, "TokenSource", "Not exactly one of `credential` and `file` is given."},
    {Mistake::unknown_choice, "UnknownChoice", "The word is not one of those the key allows."},
    {Mistake::unsupported_version, "UnsupportedVersion", "`version` is not 1."},
    {Mistake::bad_pattern, "BadPattern", "The pattern cannot be used."},
    {Mistake::bad_template, "BadTemplate", "The template cannot be used."},
    {Mistake::unknown_fact, "UnknownFact", "No such fact about a build exists."},
    {Mistake::empty_list, "EmptyList", "A list that must have entries has none."},
    {Mistake::empty_policy, "EmptyPolicy", "A retention policy or group would keep nothing."},
    {Mistake::policy_kind, "PolicyKind",
     "The file does not begin with `retention:` or `tagging:`."},
    {Mistake::keep_or_groups, "KeepOrGroups", "Not exactly one of `keep` and `groups` is given."},
    {Mistake::unreachable, "Unreachable", "A rule or group stands after one that takes all."},
    {Mistake::unsound_policy, "UnsoundPolicy", "The values of a policy contradict each other."},
    {Mistake::unclear_test, "UnclearTest",
     "A test inside a policy expects nothing, or what cannot be at once."},
    {Mistake::failed_test, "FailedTest", "A test inside a policy fails; the policy is not used."},
    {Mistake::duplicate_name, "DuplicateName",
     "Two accounts, policies, groups or tests have one name, or two versions of a test one "
     "number."},
    {Mistake::duplicate_worker, "DuplicateWorker", "A Worker is configured twice."},
    {Mistake::ambiguous_worker, "AmbiguousWorker",
     "Workers of two accounts have one name, so that no command could tell them apart."},
    {Mistake::unknown_account, "UnknownAccount", "A Worker names an account that does not exist."},
    {Mistake::unknown_policy, "UnknownPolicy", "A Worker names a policy that does not exist."},
    {Mistake::bad_setting, "BadSetting", "A setting under `version:` cannot be sent to the API."},
};

}  // namespace

std::span<const MistakeRow> mistake_rows() {
  return kRows;
}

std::string_view to_string(Mistake mistake) {
  const auto row =
      std::find_if(std::begin(kRows), std::end(kRows),
                   [mistake](const MistakeRow& each) { return each.mistake == mistake; });
  ENSURE(row != std::end(kRows), "every mistake has a row");
  return row->code;
}

}  // namespace rollout
