// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/clients.h"

#include <cstdlib>

#include "daemon/adapters/system/credentials.h"
#include "daemon/app/program.h"

namespace rollout {
namespace {

std::string proxy_of_environment() {
  for (const char* name : {"HTTPS_PROXY", "https_proxy"})
    if (const char* value = std::getenv(name); value != nullptr && *value != '\0') return value;
  return "";
}

}  // namespace

Result<Secret> token_of(const AccountConfig& account) {
  auto token = read_token(account.token);
  if (!token) token.error().during += " of account " + account.name.text();
  return token;
}

Result<std::unique_ptr<CloudflareApi>> make_client(const AccountConfig& account, Access access,
                                                   Millis timeout, Clock& clock, Redactor* redactor,
                                                   std::shared_ptr<Meter> meter) {
  TRY_ASSIGN(Secret token, token_of(account));
  if (redactor != nullptr) redactor->add(token);
  CloudflareApi::Options options;
  options.account = account.id;
  options.api = account.api;
  options.budget = account.budget;
  options.meter = std::move(meter);
  options.timeout = timeout;
  options.access = access;
  options.proxy = proxy_of_environment();
  options.version = program_version();
  return CloudflareApi::make(std::move(options), std::move(token), clock);
}

Access access_of(Mode mode) {
  return mode == Mode::enforce ? Access::full : Access::read_only;
}

}  // namespace rollout
