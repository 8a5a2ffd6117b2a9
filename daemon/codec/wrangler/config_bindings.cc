// SPDX-License-Identifier: Apache-2.0
#include "daemon/codec/wrangler/config_bindings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "daemon/codec/bindings.h"
#include "daemon/core/model/failure.h"

namespace rollout {
namespace {

/// A field of a declaration: its name in the configuration, and in the API where that differs.
struct Field {
  std::string_view name{};
  std::string_view api{};
};

struct Section {
  std::string_view member;   ///< Of the configuration; a dot leads into an object.
  std::string_view type;     ///< Of the API.
  std::string_view name_in;  ///< The field that holds the binding's name.
  std::array<Field, 6> fields{};
  std::string_view resource{};  ///< Without this field the binding is inherited.
};

constexpr Section kSections[] = {
    {"agent_memory", "agent_memory", "binding", {{{"namespace"}}}, "namespace"},
    {"ai", "ai", "binding", {{{"staging"}}}},
    {"ai_search", "ai_search", "binding", {{{"instance_name"}}}},
    {"ai_search_namespaces", "ai_search_namespace", "binding", {{{"namespace"}}}, "namespace"},
    {"analytics", "analytics", "binding"},
    {"analytics_engine_datasets", "analytics_engine", "binding", {{{"dataset"}}}},
    {"artifacts", "artifacts", "binding", {{{"namespace"}}}},
    {"browser", "browser", "binding"},
    {"d1_databases", "d1", "binding", {{{"database_id"}}}, "database_id"},
    {"dispatch_namespaces", "dispatch_namespace", "binding", {{{"namespace"}}}, "namespace"},
    {"durable_objects.bindings",
     "durable_object_namespace",
     "name",
     {{{"class_name"}, {"script_name"}, {"environment"}}}},
    {"flagship", "flagship", "binding", {{{"app_id"}}}, "app_id"},
    {"hyperdrive", "hyperdrive", "binding", {{{"id"}}}},
    {"images", "images", "binding"},
    {"k2", "k2", "binding", {{{"stream"}}}},
    {"kv_namespaces", "kv_namespace", "binding", {{{"id", "namespace_id"}}}, "id"},
    {"logfwdr.bindings", "logfwdr", "name", {{{"destination"}}}},
    {"media", "media", "binding"},
    {"mtls_certificates", "mtls_certificate", "binding", {{{"certificate_id"}}}},
    {"pipelines", "pipelines", "binding", {{{"stream"}, {"pipeline"}}}},
    {"queues.producers",
     "queue",
     "binding",
     {{{"queue", "queue_name"}, {"delivery_delay"}}},
     "queue"},
    {"r2_buckets", "r2_bucket", "binding", {{{"bucket_name"}, {"jurisdiction"}}}, "bucket_name"},
    {"ratelimits", "ratelimit", "name", {{{"namespace_id"}, {"simple"}}}},
    {"secrets_store_secrets", "secrets_store_secret", "binding", {{{"store_id"}, {"secret_name"}}}},
    {"send_email",
     "send_email",
     "name",
     {{{"destination_address"}, {"allowed_destination_addresses"}, {"allowed_sender_addresses"}}}},
    {"services",
     "service",
     "binding",
     {{{"service"}, {"environment"}, {"entrypoint"}, {"props"}, {"cross_account_grant"}}}},
    {"stream", "stream", "binding"},
    {"unsafe_hello_world", "unsafe_hello_world", "binding", {{{"enable_timer"}}}},
    {"vectorize", "vectorize", "binding", {{{"index_name"}}}},
    {"version_metadata", "version_metadata", "binding"},
    {"vpc_networks", "vpc_network", "binding", {{{"tunnel_id"}, {"network_id"}}}},
    {"vpc_services", "vpc_service", "binding", {{{"service_id"}}}},
    {"worker_loaders", "worker_loader", "binding"},
    {"workflows",
     "workflow",
     "binding",
     {{{"name", "workflow_name"}, {"class_name"}, {"script_name"}}}},
};

std::string_view first_part(std::string_view member) {
  return member.substr(0, member.find('.'));
}

class Collector final {
 public:
  using Done = std::expected<void, DocumentProblem>;

  Collector(const Lines& lines, std::string_view pointer) : lines_(lines), pointer_(pointer) {}

  Done section(const Json& environment, const Section& section) {
    std::string pointer = pointer_;
    const Json* value = &environment;
    for (std::string_view rest = section.member; !rest.empty() && value != nullptr;) {
      const std::string_view part = first_part(rest);
      rest.remove_prefix(std::min(part.size() + 1, rest.size()));
      pointer = child_of(pointer, part);
      value = find_member(*value, part);
    }
    if (value == nullptr || value->is_null()) return {};
    if (value->is_object()) return declaration(*value, section, pointer);
    if (!value->is_array()) return problem(pointer, "a list of bindings is wanted");
    for (std::size_t i = 0; i < value->size(); ++i) {
      TRY(declaration((*value)[i], section, fmt::format("{}/{}", pointer, i)));
    }
    return {};
  }

  Done variables(const Json& environment) {
    return each(environment, "vars", [](const Json& value) {
      return value.is_string() ? Json{{"type", "plain_text"}, {"text", value}}
                               : Json{{"type", "json"}, {"json", value}};
    });
  }

  /// `unsafe.bindings` pass through with the type that they name.
  Done unchecked(const Json& environment) {
    const Json* group = find_member(environment, "unsafe");
    const Json* list = group == nullptr ? nullptr : find_member(*group, "bindings");
    if (list == nullptr) return {};
    const std::string pointer = child_of(child_of(pointer_, "unsafe"), "bindings");
    if (!list->is_array()) return problem(pointer, "a list of bindings is wanted");
    for (std::size_t i = 0; i < list->size(); ++i) {
      TRY(add((*list)[i], fmt::format("{}/{}", pointer, i)));
    }
    return {};
  }

  Done assets(const Json& environment) {
    const Json* assets = find_member(environment, "assets");
    const Json* name = assets == nullptr ? nullptr : find_member(*assets, "binding");
    if (name == nullptr || name->is_null()) return {};
    return add(Json{{"name", *name}, {"type", "assets"}},
               child_of(child_of(pointer_, "assets"), "binding"));
  }

  std::expected<std::vector<DeclaredBinding>, DocumentProblem> finish() {
    const auto name = [](const DeclaredBinding& one) -> const std::string& {
      return one.binding.name;
    };
    std::ranges::sort(found_, {}, name);
    const auto twin = std::ranges::adjacent_find(found_, {}, name);
    if (twin != found_.end()) {
      return std::unexpected(DocumentProblem{
          std::max(line_of(lines_, twin->pointer), line_of(lines_, (twin + 1)->pointer)),
          fmt::format("two bindings are named `{}`", twin->binding.name)});
    }
    return std::move(found_);
  }

 private:
  template <class Make>
  Done each(const Json& environment, std::string_view member, Make make) {
    const Json* map = find_member(environment, member);
    if (map == nullptr || map->is_null()) return {};
    const std::string pointer = child_of(pointer_, member);
    if (!map->is_object()) return problem(pointer, "an object is wanted");
    for (const auto& [name, value] : map->items()) {
      Json binding = make(value);
      binding["name"] = name;
      TRY(add(std::move(binding), child_of(pointer, name)));
    }
    return {};
  }

  Done declaration(const Json& declared, const Section& section, const std::string& pointer) {
    if (!declared.is_object()) return problem(pointer, "an object is wanted");
    const auto given = [&declared](std::string_view name) -> const Json* {
      const Json* value = find_member(declared, name);
      return value == nullptr || value->is_null() ? nullptr : value;
    };
    const Json* name = given(section.name_in);
    if (name == nullptr) {
      return problem(pointer,
                     fmt::format("a binding in `{}` needs `{}`", section.member, section.name_in));
    }
    Json binding = {{"name", *name}, {"type", section.type}};
    if (!section.resource.empty() && given(section.resource) == nullptr) {
      binding["type"] = "inherit";
      return add(std::move(binding), pointer);
    }
    for (const Field& field : section.fields) {
      const Json* value = field.name.empty() ? nullptr : given(field.name);
      if (value != nullptr)
        binding[std::string(field.api.empty() ? field.name : field.api)] = *value;
    }
    finish_special(section.type, declared, binding);
    return add(std::move(binding), pointer);
  }

  /// What a table of fields cannot say.
  static void finish_special(std::string_view type, const Json& declared, Json& binding) {
    if (type == "analytics_engine" && !binding.contains("dataset")) {
      binding["dataset"] = binding["name"];
    } else if (type == "pipelines" && binding.contains("stream")) {
      binding.erase("pipeline");
    } else if (type == "vpc_network" && binding.contains("tunnel_id")) {
      binding.erase("network_id");
    } else if (const Json* outbound = find_member(declared, "outbound");
               type == "dispatch_namespace" && outbound != nullptr && outbound->is_object()) {
      Json worker = Json::object();
      for (const char* field : {"service", "environment"}) {
        if (const Json* value = find_member(*outbound, field)) worker[field] = *value;
      }
      binding["outbound"]["worker"] = std::move(worker);
      if (const Json* names = find_member(*outbound, "parameters"); names && names->is_array()) {
        for (const Json& name : *names) binding["outbound"]["params"].push_back({{"name", name}});
      }
    }
  }

  Done add(Json binding, const std::string& pointer) {
    if (const auto error = check_binding(binding)) {
      const Json* name = find_member(binding, "name");
      return problem(pointer, fmt::format("the binding `{}`: {}",
                                          name != nullptr && name->is_string()
                                              ? name->get_ref<const std::string&>()
                                              : std::string("?"),
                                          error->message));
    }
    found_.push_back({{.name = binding["name"].get<std::string>(),
                       .type = binding["type"].get<std::string>(),
                       .json = to_json_text(binding)},
                      pointer});
    return {};
  }

  Done problem(const std::string& pointer, std::string message) const {
    return std::unexpected(DocumentProblem{line_of(lines_, pointer), std::move(message)});
  }

  const Lines& lines_;
  std::string pointer_;
  std::vector<DeclaredBinding> found_;
};

}  // namespace

std::expected<std::vector<DeclaredBinding>, DocumentProblem> declared_bindings(
    const Json& environment, const Lines& lines, std::string_view pointer) {
  Collector collector(lines, pointer);
  TRY(collector.variables(environment));
  for (const Section& section : kSections) TRY(collector.section(environment, section));
  TRY(collector.unchecked(environment));
  TRY(collector.assets(environment));
  return collector.finish();
}

bool declares_bindings(std::string_view member) {
  return member == "vars" || member == "unsafe" ||
         std::ranges::any_of(kSections, [member](const Section& section) {
           return first_part(section.member) == member;
         });
}

}  // namespace rollout
