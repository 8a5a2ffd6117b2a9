// SPDX-License-Identifier: Apache-2.0
#include "daemon/codec/report/command_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <vector>

namespace rollout {
namespace {

template <class T>
using Parsed = std::expected<T, std::string>;

Parsed<std::string> required(const Json& args, std::string_view name) {
  const Member<std::string> member = string_member(args, name);
  if (!member) return std::unexpected(member.error());
  if (!*member || (*member)->empty()) return std::unexpected(fmt::format("`{}` is missing", name));
  return **member;
}

Parsed<std::optional<Instant>> optional_instant(const Json& args, std::string_view name) {
  const Member<std::string> member = string_member(args, name);
  if (!member) return std::unexpected(member.error());
  if (!*member) return std::optional<Instant>();
  const std::optional<Instant> instant = parse_rfc3339(**member);
  if (!instant)
    return std::unexpected(fmt::format("`{}` must be a time such as 2026-03-10T12:00:00Z", name));
  return instant;
}

Json args_of(const PlanCommand& command) {
  return {{"worker", command.worker.text()}};
}
Json args_of(const ReconcileCommand& command) {
  return {{"worker", command.worker.text()}};
}
Json args_of(const ResumeCommand& command) {
  return {{"worker", command.worker.text()}};
}
Json args_of(const ExplainCommand& command) {
  return {{"worker", command.worker.text()}, {"version", command.version}};
}
Json args_of(const UnpinCommand& command) {
  return {{"worker", command.worker.text()}, {"version", command.version}};
}
Json args_of(const PinCommand& command) {
  Json args = {
      {"worker", command.worker.text()}, {"version", command.version}, {"reason", command.reason}};
  if (command.until) args["until"] = format_rfc3339(*command.until);
  return args;
}
Json args_of(const SuspendCommand& command) {
  Json args = {{"worker", command.worker.text()}, {"reason", command.reason}};
  if (command.until) args["until"] = format_rfc3339(*command.until);
  return args;
}
Json args_of(const ApplyCommand& command) {
  return {{"worker", command.worker.text()}, {"plan", command.plan}};
}

struct Operation {
  std::string_view name;
  std::vector<std::string_view> arguments;
};

/// In the order of `Command`'s alternatives.
const std::array<Operation, std::variant_size_v<Command>>& operations() {
  static const std::array<Operation, std::variant_size_v<Command>> all = {{
      {"plan", {"worker"}},
      {"reconcile", {"worker"}},
      {"explain", {"worker", "version"}},
      {"pin", {"worker", "version", "reason", "until"}},
      {"unpin", {"worker", "version"}},
      {"suspend", {"worker", "reason", "until"}},
      {"resume", {"worker"}},
      {"apply", {"worker", "plan"}},
  }};
  return all;
}

Parsed<void> check_arguments(const Operation& operation, const Json& args) {
  if (!args.is_object()) return std::unexpected("`args` must be an object");
  for (const auto& [key, value] : args.items())
    if (std::ranges::find(operation.arguments, key) == operation.arguments.end())
      return std::unexpected(fmt::format("unknown argument `{}`", key));
  return {};
}

Parsed<Command> with_version(std::string_view op, WorkerId worker, const Json& args) {
  TRY_ASSIGN(std::string version, required(args, "version"));
  if (op == "explain") return ExplainCommand{std::move(worker), std::move(version)};
  if (op == "unpin") return UnpinCommand{std::move(worker), std::move(version)};
  TRY_ASSIGN(std::string reason, required(args, "reason"));
  TRY_ASSIGN(std::optional<Instant> until, optional_instant(args, "until"));
  return PinCommand{std::move(worker), std::move(version), std::move(reason), until};
}

}  // namespace

Json command_to_json(const Command& command) {
  return {{"op", operations().at(command.index()).name},
          {"args", std::visit([](const auto& one) { return args_of(one); }, command)}};
}

std::expected<Command, std::string> command_from_json(std::string_view op, const Json& args) {
  const auto operation = std::ranges::find(operations(), op, &Operation::name);
  if (operation == operations().end())
    return std::unexpected(fmt::format("unknown operation `{}`", op));
  TRY(check_arguments(*operation, args));
  TRY_ASSIGN(std::string name, required(args, "worker"));
  WorkerId worker(std::move(name));
  if (op == "plan") return PlanCommand{std::move(worker)};
  if (op == "reconcile") return ReconcileCommand{std::move(worker)};
  if (op == "resume") return ResumeCommand{std::move(worker)};
  if (op == "apply") {
    TRY_ASSIGN(std::string plan, required(args, "plan"));
    return ApplyCommand{std::move(worker), std::move(plan)};
  }
  if (op != "suspend") return with_version(op, std::move(worker), args);
  TRY_ASSIGN(std::string reason, required(args, "reason"));
  TRY_ASSIGN(std::optional<Instant> until, optional_instant(args, "until"));
  return SuspendCommand{std::move(worker), std::move(reason), until};
}

}  // namespace rollout
