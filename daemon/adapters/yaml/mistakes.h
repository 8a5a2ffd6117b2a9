// SPDX-License-Identifier: Apache-2.0
// What can be wrong in a file that a person wrote. One table: the codes of `ConfigError` and the
// list in policies/README.md both come from it.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace rollout {

enum class Mistake {
  unreadable,
  too_large,
  not_utf8,
  control_character,
  wrong_extension,
  syntax,
  empty_document,
  second_document,
  tag_not_allowed,
  key_not_text,
  duplicate_key,
  too_deep,
  too_many_nodes,
  recursive_alias,
  unknown_key,
  missing_key,
  no_value,
  wrong_type,
  quote_it,
  not_boolean,
  bad_number,
  zero_count,
  out_of_range,
  missing_unit,
  bad_duration,
  bad_percent,
  bad_rate,
  bad_date,
  bad_timezone,
  bad_window,
  bad_name,
  bad_path,
  bad_url,
  insecure_url,
  bad_listen,
  bad_account_id,
  inline_token,
  token_source,
  unknown_choice,
  unsupported_version,
  bad_pattern,
  bad_template,
  unknown_fact,
  empty_list,
  empty_policy,
  policy_kind,
  keep_or_groups,
  unreachable,
  unsound_policy,
  unclear_test,
  failed_test,
  duplicate_name,
  duplicate_worker,
  ambiguous_worker,
  unknown_account,
  unknown_policy,
  bad_setting,
};

struct MistakeRow {
  Mistake mistake;
  std::string_view code;      ///< `UnknownKey`
  std::string_view sentence;  ///< For the list of codes.
};

std::span<const MistakeRow> mistake_rows();
std::string_view to_string(Mistake mistake);

/// A mistake with the sentence for the author, before it is known where it stands.
struct Finding {
  Mistake mistake = Mistake::wrong_type;
  std::string message;
};

}  // namespace rollout
