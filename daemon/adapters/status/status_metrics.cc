// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <array>
#include <span>

#include "daemon/adapters/status/status_text.h"

namespace rollout {
namespace {

struct Label {
  std::string_view name;
  std::string_view value;
};

std::string escaped(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out;
}

/// Writes one family after the other; a family without samples is not shown.
class Text final {
 public:
  enum class Type { gauge, counter, histogram };

  void family(std::string_view name, Type type, std::string_view help) {
    static constexpr std::array<std::string_view, 3> kTypes{"gauge", "counter", "histogram"};
    name_ = fmt::format("rolloutd_{}", name);
    header_ = fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name_, help,
                          kTypes.at(static_cast<std::size_t>(type)));
  }
  void sample(std::span<const Label> labels, double value, std::string_view suffix = "") {
    text_ += std::exchange(header_, {});
    text_ += name_;
    text_ += suffix;
    char separator = '{';
    for (const Label& label : labels) {
      text_ += fmt::format("{}{}=\"{}\"", separator, label.name, escaped(label.value));
      separator = ',';
    }
    if (!labels.empty()) text_ += '}';
    text_ += fmt::format(" {}\n", value);
  }
  void sample(std::initializer_list<Label> labels, double value) {
    sample(std::span(labels.begin(), labels.size()), value);
  }
  void sample(std::initializer_list<Label> labels, std::uint64_t value) {
    sample(labels, static_cast<double>(value));
  }
  std::string take() { return std::move(text_); }

 private:
  std::string name_;
  std::string header_;
  std::string text_;
};

using Type = Text::Type;

double seconds(Instant instant) {
  return std::chrono::duration<double>(instant.time_since_epoch()).count();
}

void write_histogram(Text& text, const Histogram& histogram,
                     const std::optional<Label>& label = std::nullopt) {
  const auto sample = [&](std::string_view bound, double value, std::string_view suffix) {
    std::vector<Label> labels;
    if (label) labels.push_back(*label);
    if (!bound.empty()) labels.push_back({"le", bound});
    text.sample(labels, value, suffix);
  };
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < Histogram::kBounds.size(); ++i) {
    below += histogram.counts.at(i);
    sample(fmt::format("{}", Histogram::kBounds.at(i)), static_cast<double>(below), "_bucket");
  }
  sample("+Inf", static_cast<double>(histogram.count), "_bucket");
  sample("", histogram.sum, "_sum");
  sample("", static_cast<double>(histogram.count), "_count");
}

void write_daemon(Text& text, const Status& status) {
  text.family("build_info", Type::gauge, "The program that runs.");
  text.sample(
      {{"version", status.version}, {"revision", status.revision}, {"compiler", __VERSION__}}, 1.0);
  text.family("config_last_reload_successful", Type::gauge, "1 unless the last reload failed.");
  text.sample({}, status.reload_problem ? 0.0 : 1.0);
  text.family("config_last_reload_success_timestamp_seconds", Type::gauge,
              "When the configuration in force was loaded.");
  if (status.reloaded_at) text.sample({}, seconds(*status.reloaded_at));
  text.family("config_info", Type::gauge, "The configuration in force.");
  text.sample({{"digest", status.config_digest},
               {"mode", status.mode == Mode::observe ? "observe" : "enforce"}},
              1.0);
  text.family("watch_overflows_total", Type::counter, "Times that file system events were lost.");
  text.sample({}, status.watch_overflows);
  text.family("watch_polled_workers", Type::gauge,
              "Workers whose build directories are polled, because they cannot be watched.");
  text.sample({}, status.polled_workers);
  text.family("prune_refused_total", Type::counter, "Deletions that a guard stood against.");
  for (const auto& [guard, count] : status.refused_prunes) {
    text.sample({{"guard", guard}}, count);
  }
  text.family("reconcile_duration_seconds", Type::histogram, "How long passes took.");
  write_histogram(text, status.pass_seconds);
  text.family("build_to_version_seconds", Type::histogram, "From a finished build to its version.");
  write_histogram(text, status.build_to_version_seconds);
}

/// The labels that tell one Worker from all others: two accounts may have one of the same name.
struct Of {
  explicit Of(const WorkerKey& key)
      : account{"account", key.first.text()}, worker{"worker", key.second.text()} {}
  Label account;
  Label worker;
};

void write_counters(Text& text, const Status& status) {
  text.family("reconcile_total", Type::counter, "Passes by result.");
  for (const auto& [key, worker] : status.workers) {
    const Of of(key);
    text.sample({of.account, of.worker, {"result", "changed"}}, worker.counts.changed);
    text.sample({of.account, of.worker, {"result", "noop"}}, worker.counts.noop);
    text.sample({of.account, of.worker, {"result", "error"}}, worker.counts.error);
  }
  text.family("builds_total", Type::counter, "Builds that were finished or turned down.");
  for (const auto& [key, worker] : status.workers) {
    const Of of(key);
    text.sample({of.account, of.worker, {"result", "settled"}}, worker.counts.settled);
    text.sample({of.account, of.worker, {"result", "rejected"}}, worker.counts.rejected);
  }
  struct Counter {
    std::string_view name;
    std::string_view help;
    std::uint64_t WorkerCounts::* value;
  };
  for (const Counter& counter :
       {Counter{"versions_created_total", "Versions created.", &WorkerCounts::created},
        Counter{"versions_deduplicated_total", "Builds that existed as a version already.",
                &WorkerCounts::deduplicated},
        Counter{"prune_deleted_total", "Versions deleted.", &WorkerCounts::deleted}}) {
    text.family(counter.name, Type::counter, counter.help);
    for (const auto& [key, worker] : status.workers) {
      const Of of(key);
      text.sample({of.account, of.worker}, worker.counts.*counter.value);
    }
  }
  text.family("last_success_timestamp_seconds", Type::gauge, "When something last went well.");
  for (const auto& [key, worker] : status.workers) {
    const Of of(key);
    const auto at = [&](std::string_view activity, const std::optional<Instant>& when) {
      if (when) text.sample({of.account, of.worker, {"activity", activity}}, seconds(*when));
    };
    at("reconcile", worker.succeeded_at);
    at("create", worker.created_at);
    at("prune", worker.pruned_at);
  }
}

void write_conditions(Text& text, const Status& status) {
  text.family("worker_condition", Type::gauge, "1 for the condition that holds.");
  for (const auto& [key, worker] : status.workers) {
    if (!worker.pass) continue;
    const Of of(key);
    for (const std::string_view type : {"Ready", "Observing", "Stalled", "Suspended"}) {
      text.sample({of.account, of.worker, {"type", type}, {"status", "true"}},
                  worker.pass->condition == type ? 1.0 : 0.0);
    }
  }
  text.family("worker_suspended", Type::gauge, "1 while a person has suspended automation.");
  for (const auto& [key, worker] : status.workers) {
    const Of of(key);
    text.sample({of.account, of.worker},
                worker.pass && worker.pass->condition == "Suspended" ? 1.0 : 0.0);
  }
  text.family("approval_pending_seconds", Type::gauge,
              "How long a plan has waited for a person, up to the last pass.");
  for (const auto& [key, worker] : status.workers) {
    if (!worker.pass) continue;
    const Of of(key);
    const Millis waited =
        worker.awaited_since ? *worker.passed_at - *worker.awaited_since : Millis(0);
    text.sample({of.account, of.worker}, std::chrono::duration<double>(waited).count());
  }
  text.family("worker_info", Type::gauge, "What serves.");
  for (const auto& [key, worker] : status.workers) {
    if (!worker.pass) continue;
    const Of of(key);
    text.sample({of.account, of.worker, {"active_tag", worker.pass->active_tag}}, 1.0);
  }
  text.family("versions", Type::gauge, "Versions at Cloudflare.");
  for (const auto& [key, worker] : status.workers) {
    if (!worker.pass) continue;
    const Of of(key);
    text.sample({of.account, of.worker, {"state", "active"}}, worker.pass->active);
    text.sample({of.account, of.worker, {"state", "kept"}}, worker.pass->kept);
    text.sample({of.account, of.worker, {"state", "prunable"}}, worker.pass->prunable);
    text.sample({of.account, of.worker, {"state", "foreign"}}, worker.pass->foreign);
  }
  text.family("prune_kept", Type::gauge, "Versions that are kept, by reason.");
  for (const auto& [key, worker] : status.workers) {
    if (!worker.pass) continue;
    const Of of(key);
    for (const auto& [reason, count] : worker.pass->kept_by) {
      text.sample({of.account, of.worker, {"reason", reason}}, count);
    }
  }
}

void write_tokens(Text& text, const Status& status) {
  text.family("token_expiry_timestamp_seconds", Type::gauge, "When the account's token ends.");
  for (const auto& [name, account] : status.accounts) {
    if (!account.token_expires) continue;
    text.sample({{"account", name.text()}}, seconds(*account.token_expires));
  }
}

void write_usage(Text& text, const std::vector<ApiUsage>& usage) {
  text.family("api_requests_total", Type::counter, "Calls to Cloudflare.");
  for (const ApiUsage& api : usage) {
    for (const auto& [call, count] : api.requests) {
      text.sample({{"account", api.account.text()}, {"op", call.op}, {"class", call.outcome_class}},
                  count);
    }
  }
  text.family("api_request_duration_seconds", Type::histogram, "How long calls took.");
  std::map<std::string, Histogram> durations;
  for (const ApiUsage& api : usage) {
    for (const auto& [op, histogram] : api.durations) durations[op].merge(histogram);
  }
  for (const auto& [op, histogram] : durations) write_histogram(text, histogram, Label{"op", op});
  text.family("dry_run_blocked_writes_total", Type::counter, "Writes that observe mode refused.");
  for (const ApiUsage& api : usage) {
    for (const auto& [op, count] : api.blocked_writes) {
      text.sample({{"account", api.account.text()}, {"op", op}}, count);
    }
  }
  text.family("api_budget_remaining", Type::gauge, "Calls that may be made now.");
  for (const ApiUsage& api : usage) {
    if (api.budget_remaining) {
      text.sample({{"account", api.account.text()}}, *api.budget_remaining);
    }
  }
  text.family("api_budget_reset_seconds", Type::gauge, "Until Cloudflare's limit is fresh.");
  for (const ApiUsage& api : usage) {
    if (api.budget_reset_seconds) {
      text.sample({{"account", api.account.text()}}, *api.budget_reset_seconds);
    }
  }
}

}  // namespace

std::string metrics_text(const Status& status, const std::vector<ApiUsage>& usage) {
  Text text;
  write_daemon(text, status);
  write_conditions(text, status);
  write_counters(text, status);
  write_tokens(text, status);
  write_usage(text, usage);
  return text.take();
}

}  // namespace rollout
