// SPDX-License-Identifier: Apache-2.0
// What a text must look like where a name, a path or an address is wanted. None: it is right.
#pragma once

#include <optional>
#include <string_view>

#include "daemon/adapters/yaml/mistakes.h"

namespace rollout {

std::optional<Finding> check_date(std::string_view text);
std::optional<Finding> check_url(std::string_view text);
std::optional<Finding> check_listen(std::string_view text);
/// Absolute, without empty, `.` or `..` parts.
std::optional<Finding> check_path(std::string_view text);
/// Such a path that fits into a socket's address (107 bytes).
std::optional<Finding> check_socket(std::string_view text);
/// Relative, without empty, `.` or `..` parts.
std::optional<Finding> check_relative_path(std::string_view text);
std::optional<Finding> check_account_id(std::string_view text);
/// Names that the author chooses: `[a-z0-9][a-z0-9-]{0,62}`.
std::optional<Finding> check_name(std::string_view text);
std::optional<Finding> check_worker(std::string_view text);
std::optional<Finding> check_credential(std::string_view text);
/// A fact of `fact_rows()`.
std::optional<Finding> check_fact(std::string_view text);

}  // namespace rollout
