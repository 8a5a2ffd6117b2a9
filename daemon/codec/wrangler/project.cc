// SPDX-License-Identifier: Apache-2.0
#include "daemon/codec/wrangler/project.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "daemon/codec/settings_json.h"
#include "daemon/codec/wrangler/config_bindings.h"
#include "daemon/core/model/failure.h"

namespace rollout {
namespace {

using Problem = DocumentProblem;
template <class T>
using Or = std::expected<T, Problem>;

/// Not taken over from the top level by a named environment, as bindings are not.
constexpr std::string_view kOwnOfEach[] = {"containers",     "cloudchamber",
                                           "define",         "secrets",
                                           "tail_consumers", "streaming_tail_consumers"};

/// Of the Worker, not of a version. What only concerns building or development is not told at all.
constexpr std::string_view kNotVersioned[] = {"access",
                                              "addresses",
                                              "cloudchamber",
                                              "connect",
                                              "logpush",
                                              "observability",
                                              "preview_urls",
                                              "previews",
                                              "route",
                                              "routes",
                                              "streaming_tail_consumers",
                                              "tail_consumers",
                                              "triggers",
                                              "workers_dev"};

struct Unsupported {
  std::string_view member, why;
};
constexpr Unsupported kUnsupported[] = {
    {"data_blobs",
     "blobs belong to the service-worker syntax; import the file as a module instead"},
    {"pages_build_output_dir", "this is a Pages project, not a Worker"},
    {"site", "Workers Sites are not supported; use `assets`"},
    {"text_blobs",
     "blobs belong to the service-worker syntax; import the file as a module instead"},
    {"wasm_modules",
     "these belong to the service-worker syntax; import the file as a module instead"},
};

struct RuleType {
  std::string_view name, content_type;
};
constexpr RuleType kRuleTypes[] = {
    {"ESModule", "application/javascript+module"},
    {"CommonJS", "application/javascript"},
    {"CompiledWasm", "application/wasm"},
    {"Text", "text/plain"},
    {"Data", "application/octet-stream"},
    {"PythonModule", "text/x-python"},
    {"PythonRequirement", "text/x-python-requirement"},
};

bool is_one_of(std::span<const std::string_view> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

/// The chosen environment's members over those of the top level that it inherits, each with the
/// pointer to where it stands.
class Chosen final {
 public:
  static Or<Chosen> of(const Json& root, const Lines& lines,
                       const std::optional<std::string>& environment) {
    Chosen chosen(lines);
    if (!root.is_object()) return std::unexpected(Problem{1, "an object is wanted"});
    if (!environment) {
      chosen.take(root, "", [](std::string_view) { return true; });
      return chosen;
    }
    const Json* all = find_member(root, "env");
    const Json* own = all == nullptr ? nullptr : find_member(*all, *environment);
    if (own == nullptr || !own->is_object()) {
      return std::unexpected(Problem{
          line_of(lines, "/env"),
          fmt::format("there is no environment `{}`{}", *environment, known_environments(all))});
    }
    chosen.pointer_ = child_of("/env", *environment);
    chosen.take(*own, chosen.pointer_, [](std::string_view) { return true; });
    chosen.take(root, "", [](std::string_view member) {
      return !declares_bindings(member) && !is_one_of(kOwnOfEach, member) && member != "name";
    });
    const Json* name = find_member(root, "name");
    if (!chosen.members_.contains("name") && name != nullptr && name->is_string()) {
      chosen.members_["name"] = fmt::format("{}-{}", name->get<std::string>(), *environment);
      chosen.pointers_["name"] = "/name";
    }
    return chosen;
  }

  const Json& members() const { return members_; }
  /// Where bindings stand: these are never inherited.
  const std::string& pointer() const { return pointer_; }

  const Json* find(std::string_view member) const {
    const Json* value = find_member(members_, member);
    return value == nullptr || value->is_null() ? nullptr : value;
  }
  std::string pointer_to(std::string_view member) const {
    const auto found = pointers_.find(member);
    return found == pointers_.end() ? pointer_ : found->second;
  }
  int line(std::string_view member) const { return line_of(lines_, pointer_to(member)); }
  int line_within(std::string_view member, std::string_view rest) const {
    return line_of(lines_, pointer_to(member) + std::string(rest));
  }
  Problem problem(std::string_view member, std::string_view why) const {
    return {line(member), fmt::format("`{}`: {}", member, why)};
  }

 private:
  explicit Chosen(const Lines& lines) : lines_(lines) {}

  template <class Wanted>
  void take(const Json& object, const std::string& at, Wanted wanted) {
    for (const auto& [name, value] : object.items()) {
      if (members_.contains(name) || !wanted(name)) continue;
      members_[name] = value;
      pointers_[name] = child_of(at, name);
    }
  }

  static std::string known_environments(const Json* all) {
    std::string names;
    if (all == nullptr || !all->is_object()) return names;
    for (const auto& [name, value] : all->items()) {
      names += fmt::format("{}`{}`", names.empty() ? "; known are " : ", ", name);
    }
    return names;
  }

  const Lines& lines_;
  Json members_ = Json::object();
  std::map<std::string, std::string, std::less<>> pointers_;
  std::string pointer_;
};

template <class T>
Or<T> checked(const Chosen& chosen, std::string_view member, std::expected<T, std::string> value) {
  if (value) return std::move(*value);
  return std::unexpected(Problem{chosen.line(member), std::move(value).error()});
}

Or<std::optional<std::string>> text(const Chosen& chosen, std::string_view member) {
  return checked(chosen, member, string_member(chosen.members(), member));
}

Or<bool> flag(const Chosen& chosen, std::string_view member) {
  TRY_ASSIGN(const auto value, checked(chosen, member, bool_member(chosen.members(), member)));
  return value.value_or(false);
}

/// wrangler's placement as the API takes it: a hint is `smart`, a place is `targeted`.
std::optional<Json> placement(const Json& declared) {
  const auto given = [&declared](const char* name) {
    const Json* value = find_member(declared, name);
    return value != nullptr && value->is_string() && !value->get_ref<const std::string&>().empty()
               ? value
               : nullptr;
  };
  const Json* mode = given("mode");
  if (const Json* hint = given("hint")) return Json{{"mode", "smart"}, {"hint", *hint}};
  if (mode != nullptr && *mode == "off") return std::nullopt;
  if (mode != nullptr && *mode == "smart") return Json{{"mode", "smart"}};
  for (const char* place : {"region", "host", "hostname"}) {
    if (const Json* value = given(place)) return Json{{"mode", "targeted"}, {place, *value}};
  }
  return std::nullopt;
}

/// Classes of Durable Objects are all that an upload takes from `exports`.
Json exported_objects(const Json& exports) {
  Json out = Json::object();
  for (const auto& [name, value] : exports.items()) {
    const Json* type = find_member(value, "type");
    if (type != nullptr && *type == "durable-object") out[name] = value;
  }
  return out;
}

Json container_classes(const Json& containers) {
  Json out = Json::array();
  for (const Json& container : containers) {
    if (const Json* name = find_member(container, "class_name")) {
      out.push_back({{"class_name", *name}});
    }
  }
  return out;
}

/// A member of the configuration that is a field of the API under the same or another name.
struct Setting {
  std::string_view member, api;
};
constexpr Setting kSettings[] = {
    {"compatibility_date", "compatibility_date"},
    {"compatibility_flags", "compatibility_flags"},
    {"limits", "limits"},
    {"usage_model", "usage_model"},
    {"cache", "cache_options"},
    {"placement", "placement"},
    {"exports", "exports"},
    {"containers", "containers"},
    {"assets", "assets"},
};

/// The settings but for bindings and migrations, as a request has them.
Or<Json> plain_settings(const Chosen& chosen) {
  Json out = Json::object();
  for (const auto& [member, api] : kSettings) {
    const Json* value = chosen.find(member);
    if (value == nullptr) continue;
    const bool structured = member != "compatibility_date" && member != "usage_model";
    if (structured && !value->is_structured()) {
      return std::unexpected(chosen.problem(member, "an object or a list is wanted"));
    }
    Json taken = *value;
    if (member == "placement") {
      const auto place = placement(*value);
      if (!place) continue;
      taken = *place;
    } else if (member == "exports") {
      taken = exported_objects(*value);
    } else if (member == "containers") {
      taken = container_classes(*value);
    } else if (member == "assets") {
      taken = Json{{"config", *value}};
    }
    if (!structured || !taken.empty()) out[std::string(api)] = std::move(taken);
  }
  return out;
}

std::string_view member_of(std::string_view api_pointer) {
  const std::string_view api = api_pointer.substr(1, api_pointer.find('/', 1) - 1);
  for (const auto& [member, name] : kSettings) {
    if (name == api) return member;
  }
  return api;
}

Or<void> read_settings(const Chosen& chosen, const Lines& lines, Project& project) {
  TRY_ASSIGN(const Json plain, plain_settings(chosen));
  auto settings = settings_from_json(plain);
  if (!settings) {
    const FieldError& error = settings.error();
    return std::unexpected(error.pointer.empty()
                               ? Problem{1, error.message}
                               : chosen.problem(member_of(error.pointer), error.message));
  }
  project.settings = std::move(*settings);
  for (const auto& [api, value] : plain.items()) {
    project.lines[api] = chosen.line(member_of("/" + api));
  }
  TRY_ASSIGN(auto bindings, declared_bindings(chosen.members(), lines, chosen.pointer()));
  for (DeclaredBinding& declared : bindings) {
    project.lines["bindings/" + declared.binding.name] = line_of(lines, declared.pointer);
    project.settings.bindings.push_back(std::move(declared.binding));
  }
  return {};
}

Or<void> read_migrations(const Chosen& chosen, Project& project) {
  const Json* list = chosen.find("migrations");
  if (list == nullptr) return {};
  if (!list->is_array()) return std::unexpected(chosen.problem("migrations", "a list is wanted"));
  for (const Json& entry : *list) {
    const Json* tag = find_member(entry, "tag");
    if (tag == nullptr || !tag->is_string()) {
      return std::unexpected(
          Problem{chosen.line_within("migrations", fmt::format("/{}", project.migrations.size())),
                  "a migration needs a `tag`"});
    }
    Json change = entry;
    change.erase("tag");
    project.migrations.push_back({tag->get<std::string>(), to_json_text(change)});
  }
  if (!project.migrations.empty()) project.lines["migrations"] = chosen.line("migrations");
  return {};
}

Or<ModuleRule> read_rule(const Json& entry, const Chosen& chosen, std::size_t index) {
  const auto problem = [&](std::string why) {
    return std::unexpected(
        Problem{chosen.line_within("rules", fmt::format("/{}", index)), std::move(why)});
  };
  const Json* type = find_member(entry, "type");
  const Json* globs = find_member(entry, "globs");
  if (type == nullptr || !type->is_string() || globs == nullptr || !globs->is_array()) {
    return problem("a rule needs a `type` and a list of `globs`");
  }
  const auto known = std::ranges::find(kRuleTypes, type->get_ref<const std::string&>(),
                                       [](const RuleType& one) { return one.name; });
  if (known == std::end(kRuleTypes)) {
    return problem(fmt::format("`{}` is no type of module", type->get<std::string>()));
  }
  ModuleRule rule{.content_type = std::string(known->content_type), .globs = {}};
  const Json* fallthrough = find_member(entry, "fallthrough");
  rule.fallthrough = fallthrough != nullptr && *fallthrough == true;
  for (const Json& glob : *globs) {
    if (!glob.is_string()) return problem("`globs` is a list of strings");
    rule.globs.push_back(glob.get<std::string>());
  }
  return rule;
}

Or<void> read_modules(const Chosen& chosen, Project& project) {
  TRY_ASSIGN(project.name, text(chosen, "name"));
  TRY_ASSIGN(project.main, text(chosen, "main"));
  TRY_ASSIGN(project.base_dir, text(chosen, "base_dir"));
  TRY_ASSIGN(project.no_bundle, flag(chosen, "no_bundle"));
  TRY_ASSIGN(project.find_additional_modules, flag(chosen, "find_additional_modules"));
  TRY_ASSIGN(project.keep_vars, flag(chosen, "keep_vars"));
  const Json* rules = chosen.find("rules");
  if (rules == nullptr) return {};
  if (!rules->is_array()) return std::unexpected(chosen.problem("rules", "a list is wanted"));
  for (std::size_t i = 0; i < rules->size(); ++i) {
    TRY_ASSIGN(ModuleRule rule, read_rule((*rules)[i], chosen, i));
    project.rules.push_back(std::move(rule));
  }
  return {};
}

Or<void> read_assets_and_secrets(const Chosen& chosen, Project& project) {
  if (const Json* assets = chosen.find("assets")) {
    TRY_ASSIGN(project.assets_directory,
               checked(chosen, "assets", string_member(*assets, "directory")));
  }
  const Json* secrets = chosen.find("secrets");
  const Json* required = secrets == nullptr ? nullptr : find_member(*secrets, "required");
  if (required == nullptr) return {};
  if (!required->is_array()) {
    return std::unexpected(chosen.problem("secrets", "`required` is a list of names"));
  }
  for (const Json& name : *required) {
    if (!name.is_string()) {
      return std::unexpected(chosen.problem("secrets", "`required` is a list of names"));
    }
    project.required_secrets.push_back(name.get<std::string>());
  }
  return {};
}

Or<void> refuse_unsupported(const Chosen& chosen) {
  for (const auto& [member, why] : kUnsupported) {
    const Json* value = chosen.find(member);
    if (value != nullptr && !value->empty()) return std::unexpected(chosen.problem(member, why));
  }
  const Json* unsafe = chosen.find("unsafe");
  for (const char* part : {"metadata", "capnp"}) {
    if (unsafe != nullptr && find_member(*unsafe, part) != nullptr) {
      return std::unexpected(chosen.problem(
          "unsafe", fmt::format("`{}` cannot be sent through the Versions API", part)));
    }
  }
  return {};
}

/// An empty list says nothing: generated configurations are full of them.
bool says_something(const Json& value) {
  return !value.is_structured() || !value.empty();
}

}  // namespace

std::expected<Project, DocumentProblem> read_project(
    std::string_view text, Syntax syntax, const std::optional<std::string>& environment) {
  Lines lines;
  TRY_ASSIGN(const Json root, parse_document(text, syntax, lines));
  TRY_ASSIGN(const Chosen chosen, Chosen::of(root, lines, environment));
  TRY(refuse_unsupported(chosen));
  Project project;
  TRY(read_modules(chosen, project));
  TRY(read_settings(chosen, lines, project));
  TRY(read_migrations(chosen, project));
  TRY(read_assets_and_secrets(chosen, project));
  for (const std::string_view member : kNotVersioned) {
    const Json* value = chosen.find(member);
    if (value != nullptr && says_something(*value)) project.ignored.emplace_back(member);
  }
  return project;
}

}  // namespace rollout
