// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/account_lane.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/adapters/disk/disk_build_source.h"
#include "daemon/app/journal_access.h"
#include "daemon/codec/sha256.h"
#include "daemon/core/model/ensure.h"
#include "daemon/core/model/exit_codes.h"

namespace rollout {
namespace {

/// Between two calls, a lane computes and writes its journal for no longer than this.
constexpr Millis kPatience = std::chrono::minutes(1);

/// The longest that one of the account's Workers allows for a read.
Millis timeout_of(const Config& config, const AccountName& account) {
  Millis longest(0);
  for (const WorkerConfig& worker : config.workers)
    if (worker.account == account) longest = std::max(longest, worker.timeout);
  return longest == Millis(0) ? WorkerConfig{}.timeout : longest;
}

/// Empty where every journal belongs to an account.
std::string may_be_renamed(const AccountLane::Shared& shared, const AccountName& account,
                           const std::string& path) {
  if (shared.strays.empty()) return "";
  return fmt::format(
      "account {} has no journal, and no account is configured for {}: if that is this one under "
      "its former name, stop rolloutd, and rename the file to {} and those beside it in the same "
      "way; if not, remove it",
      account.text(), shared.strays, path);
}

const AccountConfig& find_account(const Config& config, const AccountName& name) {
  const auto found = std::ranges::find(config.accounts, name, &AccountConfig::name);
  ENSURE(found != config.accounts.end(), "a reload that drops an account is refused before");
  return *found;
}

}  // namespace

std::expected<std::unique_ptr<AccountLane>, StartFailure> AccountLane::open(
    const AccountConfig& account, std::shared_ptr<const Config> config, const Shared& shared) {
  const auto token = token_of(account);
  if (!token)
    return std::unexpected(StartFailure{.exit = kExitConfig, .sentence = token.error().sentence()});
  const auto meter = std::make_shared<Meter>(account.budget, shared.clock.tick());
  auto api = make_client(account, access_of(config->mode), timeout_of(*config, account.name),
                         shared.clock, &shared.redactor, meter);
  if (!api)
    return std::unexpected(StartFailure{.exit = kExitConfig, .sentence = api.error().sentence()});
  const std::string path = journal_path(shared.state_dir, account.name);
  auto journal = SqliteJournal::open({.path = path,
                                      .history = config->service.history,
                                      .lost_if_new = may_be_renamed(shared, account.name, path)});
  if (!journal)
    return std::unexpected(StartFailure{
        .exit = journal.error().kind == FailureKind::refused ? kExitStateTooNew : kExitFailed,
        .sentence = journal.error().sentence()});
  return std::unique_ptr<AccountLane>(new AccountLane(account, std::move(config), shared,
                                                      *std::move(journal), *std::move(api), meter,
                                                      sha256(token->reveal())));
}

AccountLane::AccountLane(const AccountConfig& account, std::shared_ptr<const Config> config,
                         const Shared& shared, std::unique_ptr<SqliteJournal> journal,
                         std::shared_ptr<CloudflareApi> api, std::shared_ptr<Meter> meter,
                         const Sha256& token_hash)
    : name_(account.name),
      shared_(shared),
      mode_(config->mode),
      timeout_(timeout_of(*config, account.name)),
      meter_(std::move(meter)),
      journal_(std::move(journal)),
      api_(std::move(api)),
      builds_(std::make_unique<DiskBuildSource>(shared.clock)),
      lane_({.clock = shared.clock,
             .random = shared.random,
             .api = api_,
             .builds = builds_,
             .journal = *journal_,
             .triggers = triggers_,
             .events = shared.events,
             .policies = shared.policies},
            account.name, std::move(config), progress_),
      token_hash_(token_hash),
      next_token_hash_(token_hash) {}

AccountLane::~AccountLane() {
  stop();
}

void AccountLane::start() {
  progress_.promise(shared_.clock.tick() + kPatience);
  thread_ = std::jthread([this] {
    lane_.run();
    refuse_rest();
    done_.store(true);
  });
}

void AccountLane::refuse_rest() {
  for (Request& request : triggers_.wait_until(Tick()).requests)
    request.answer({.exit = kExitUnreachable, .body = Done{"the daemon is stopping"}});
}

void AccountLane::stop() {
  triggers_.stop();
  api_.stop();
}

bool AccountLane::alive(Tick now) {
  // A pass is many calls: the last deadline that was seen counts until the next one is.
  if (const auto deadline = api_.current()->deadline())
    call_until_.store(deadline->time_since_epoch().count());
  return now <= std::max(progress_.promised(), Tick(Millis(call_until_.load()))) + kPatience;
}

std::optional<Tick> AccountLane::write_until() const {
  const std::shared_ptr<CloudflareApi> api = api_.current();
  if (done() || !api->traffic().write_in_flight) return std::nullopt;
  return api->deadline();
}

ApiUsage AccountLane::usage() const {
  const Traffic traffic = api_.current()->traffic();
  ApiUsage usage;
  usage.account = name_;
  for (const auto& [call, count] : traffic.requests)
    usage.requests[{std::string(call.first), std::string(call.second)}] = count;
  for (const auto& [op, histogram] : traffic.durations)
    usage.durations[std::string(op)] = histogram;
  for (const auto& [op, count] : traffic.blocked_writes)
    usage.blocked_writes[std::string(op)] = count;
  if (traffic.budget_remaining)
    usage.budget_remaining = static_cast<double>(*traffic.budget_remaining);
  if (traffic.budget_reset)
    usage.budget_reset_seconds = std::chrono::duration<double>(*traffic.budget_reset).count();
  return usage;
}

Result<AccountLane::Token> AccountLane::prepare(const Config& config) {
  const AccountConfig& account = find_account(config, name_);
  next_token_.reset();
  next_api_.reset();
  TRY_ASSIGN(Secret token, token_of(account));
  next_token_hash_ = sha256(token.reveal());
  const Token found = next_token_hash_ == token_hash_ ? Token::as_it_was : Token::another;
  const Millis timeout = timeout_of(config, name_);
  if (config.mode != mode_ || timeout != timeout_) {
    TRY_ASSIGN(next_api_, make_client(account, access_of(config.mode), timeout, shared_.clock,
                                      &shared_.redactor, meter_));
    next_mode_ = config.mode;
    next_timeout_ = timeout;
    return found;
  }
  next_token_ = std::move(token);
  shared_.redactor.add(*next_token_);
  return found;
}

void AccountLane::adopt() {
  token_hash_ = next_token_hash_;
  if (next_api_ != nullptr) {
    api_.replace(std::move(next_api_));
    mode_ = next_mode_;
    timeout_ = next_timeout_;
  }
  if (next_token_) api_.replace_token(*std::exchange(next_token_, std::nullopt));
}

}  // namespace rollout
