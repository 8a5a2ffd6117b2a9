// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/cloudflare/client.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "daemon/adapters/cloudflare/wire_deployment.h"
#include "daemon/adapters/cloudflare/wire_listing.h"

namespace rollout {
namespace {

/// 64 MiB of modules in base64, and the rest of a version.
constexpr std::uint64_t kModulesAnswer = 96U << 20U;

Failure wrong_option(std::string detail) {
  Failure out;
  out.kind = FailureKind::local;
  out.during = "set up the API client";
  out.detail = std::move(detail);
  return out;
}

/// What belongs to another account must not be taken for ours.
Wire<const Json*> ours(const Json* result, const AccountId& account) {
  if (result == nullptr) return std::unexpected("`result` is missing");
  const Json* owner = find_member(*result, "account_id");
  if (owner != nullptr && owner->is_string() &&
      owner->get_ref<const std::string&>() != account.text()) {
    return std::unexpected("the answer is for another account");
  }
  return result;
}

bool same_shares(std::vector<Share> a, std::vector<Share> b) {
  const auto by_version = [](const Share& x, const Share& y) { return x.version < y.version; };
  std::sort(a.begin(), a.end(), by_version);
  std::sort(b.begin(), b.end(), by_version);
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Share& x, const Share& y) {
    return x.version == y.version && std::abs(x.percentage - y.percentage) < 0.01;
  });
}

}  // namespace

Result<std::unique_ptr<CloudflareApi>> CloudflareApi::make(Options options, Secret token,
                                                           Clock& clock) {
  auto origin = parse_origin(options.api);
  if (!origin) {
    return std::unexpected(
        wrong_option(fmt::format("the address of the API cannot be used: {}", origin.error())));
  }
  std::optional<Proxy> proxy;
  if (!options.proxy.empty()) {
    auto parsed = parse_proxy(options.proxy);
    if (!parsed) {
      return std::unexpected(
          wrong_option(fmt::format("HTTPS_PROXY cannot be used: {}", parsed.error())));
    }
    proxy = std::move(*parsed);
  }
  std::error_code error;
  if (!options.ca_file.empty() && !std::filesystem::is_regular_file(options.ca_file, error)) {
    return std::unexpected(
        wrong_option(fmt::format("the CA file {} cannot be read", options.ca_file)));
  }
  if (options.account.empty()) return std::unexpected(wrong_option("the account has no id"));
  // A line break would end the header that holds it.
  if (token.reveal().empty() || std::any_of(token.reveal().begin(), token.reveal().end(),
                                            [](unsigned char c) { return c <= ' ' || c > '~'; })) {
    return std::unexpected(wrong_option("the token is empty or holds white space"));
  }
  HttpExchange::Options exchange{.origin = std::move(*origin),
                                 .proxy = std::move(proxy),
                                 .ca_file = options.ca_file,
                                 .user_agent = fmt::format("rolloutd/{}", options.version)};
  if (options.meter == nullptr) {
    options.meter = std::make_shared<Meter>(options.budget, clock.tick());
  }
  return std::unique_ptr<CloudflareApi>(
      new CloudflareApi(std::move(options), exchange, std::move(token), clock));
}

CloudflareApi::CloudflareApi(Options options, const HttpExchange::Options& exchange, Secret token,
                             Clock& clock)
    : options_(std::move(options)),
      caller_(exchange, options_.access, options_.meter, std::move(token), clock),
      uploader_(uploader_options(exchange), clock) {}

std::string CloudflareApi::path_of(const WorkerId& worker) const {
  return fmt::format("/accounts/{}/workers/workers/{}", percent_encode(options_.account.text()),
                     percent_encode(worker.text()));
}

ApiCall CloudflareApi::a_read(std::string_view op, std::string target, std::string during) const {
  ApiCall call;
  call.op = op;
  call.target = std::move(target);
  call.during = std::move(during);
  call.timeout = options_.timeout;
  call.max_answer = options_.max_answer;
  return call;
}

ApiCall CloudflareApi::a_write(std::string_view op, std::string target, std::string during,
                               const HttpBody& body) const {
  ApiCall call = a_read(op, std::move(target), std::move(during));
  call.priority = Priority::create;
  call.method = HttpMethod::post;
  call.timeout = options_.write_timeout + std::chrono::seconds(body.size >> 20U);
  call.body = &body;
  return call;
}

Result<Worker> CloudflareApi::worker(const WorkerId& worker) {
  Worker out;
  ApiCall call = a_read("worker", path_of(worker), fmt::format("look up {}", worker.text()));
  call.read = [&](const Json* answer) -> Wire<void> {
    TRY_ASSIGN(const Json* result, ours(answer, options_.account));
    TRY_ASSIGN(out, worker_from_json(*result));
    if (out.id != worker.text() && out.name != worker.text()) {
      return std::unexpected("the answer is for another Worker");
    }
    return {};
  };
  TRY(caller_.call(call));
  names_[worker] = out.name;
  return out;
}

Result<std::optional<Instant>> CloudflareApi::verify_token(std::string target) {
  std::optional<Instant> out;
  ApiCall call = a_read("verify", std::move(target), "verify the token");
  call.read = [&](const Json* answer) -> Wire<void> {
    if (answer == nullptr) return std::unexpected("`result` is missing");
    TRY_ASSIGN(out, token_expiry_from_json(*answer));
    return {};
  };
  TRY(caller_.call(call));
  return out;
}

Result<std::optional<Instant>> CloudflareApi::token_expiry() {
  auto found = verify_token("/user/tokens/verify");
  if (found || found.error().kind == FailureKind::transient ||
      found.error().kind == FailureKind::throttled) {
    return found;
  }
  return verify_token(
      fmt::format("/accounts/{}/tokens/verify", percent_encode(options_.account.text())));
}

Result<Listing> CloudflareApi::list(const WorkerId& worker) {
  // A pass begins with this: since the last one, another Worker may have taken the name.
  names_.erase(worker);
  Listing out;
  ListingPages pages;
  while (const auto page = pages.next()) {
    ApiCall call = a_read("list",
                          fmt::format("{}/versions?page={}&per_page={}", path_of(worker), *page,
                                      ListingPages::kPerPage),
                          fmt::format("list versions of {}", worker.text()));
    call.read_body = [&pages](std::string_view body) -> Wire<void> {
      TRY_ASSIGN(ListingPage read, read_listing_page(body));
      return pages.add(std::move(read));
    };
    TRY_ASSIGN(out.server_time, caller_.call(call));
  }
  out.versions = pages.finish();
  return out;
}

Result<VersionDetail> CloudflareApi::get(const WorkerId& worker, const VersionId& version,
                                         Include include) {
  const bool whole = include == Include::modules;
  std::optional<VersionDetail> out;
  ApiCall call = a_read("get",
                        fmt::format("{}/versions/{}{}", path_of(worker), version.text(),
                                    whole ? "?include=modules" : ""),
                        fmt::format("get version {} of {}", version.text(), worker.text()));
  if (whole) call.max_answer = std::max(call.max_answer, kModulesAnswer);
  call.read = [&](const Json* answer) -> Wire<void> {
    TRY_ASSIGN(const Json* result, ours(answer, options_.account));
    TRY_ASSIGN(out, version_detail_from_json(*result));
    if (out->version.id != version) return std::unexpected("the answer is for another version");
    return {};
  };
  TRY(caller_.call(call));
  return std::move(*out);
}

Result<std::optional<VersionDetail>> CloudflareApi::latest(const WorkerId& worker) {
  std::optional<VersionDetail> out;
  ApiCall call = a_read("get", fmt::format("{}/versions/latest", path_of(worker)),
                        fmt::format("get the latest version of {}", worker.text()));
  call.read = [&](const Json* answer) -> Wire<void> {
    TRY_ASSIGN(const Json* result, ours(answer, options_.account));
    TRY_ASSIGN(out, version_detail_from_json(*result));
    return {};
  };
  if (auto done = caller_.call(call); !done && done.error().kind != FailureKind::not_found) {
    return std::unexpected(std::move(done).error());
  }
  return out;
}

Result<Version> CloudflareApi::make_version(ApiCall call) {
  std::optional<Version> out;
  call.read = [&](const Json* answer) -> Wire<void> {
    TRY_ASSIGN(const Json* result, ours(answer, options_.account));
    TRY_ASSIGN(out, version_from_json(*result));
    return {};
  };
  TRY(caller_.call(call));
  return std::move(*out);
}

Result<Version> CloudflareApi::create(const WorkerId& worker, const Bundle& bundle,
                                      ModuleContents& contents, Deploy deploy) {
  const std::string during = fmt::format("create a version of {}", worker.text());
  if (const auto checked = check_bundle(bundle); !checked) {
    Failure out;
    out.kind = FailureKind::refused;
    out.during = during;
    out.detail = fmt::format("not sent: {}", checked.error().message);
    out.pointer = checked.error().pointer;
    return std::unexpected(std::move(out));
  }
  CreateBody content(bundle, contents);
  const HttpBody body{.content_type = "application/json",
                      .size = content.size(),
                      .write = [&content](const BodySink& sink) { return content.write(sink); }};
  auto made = make_version(a_write(
      "create",
      fmt::format("{}/versions{}", path_of(worker), deploy == Deploy::yes ? "?deploy=true" : ""),
      during, body));
  if (!made && bundle.assets_jwt) {
    Redactor redactor;
    redactor.add(Secret(*bundle.assets_jwt));
    made.error().detail = redactor.redact(std::move(made.error().detail));
  }
  return made;
}

Result<Version> CloudflareApi::patch_latest(const WorkerId& worker, const JsonText& merge_patch,
                                            Deploy deploy) {
  const HttpBody body = text_body("application/merge-patch+json", merge_patch.text);
  ApiCall call = a_write("patch",
                         fmt::format("{}/versions/latest{}", path_of(worker),
                                     deploy == Deploy::yes ? "?deploy=true" : ""),
                         fmt::format("patch the latest version of {}", worker.text()), body);
  call.method = HttpMethod::patch;
  return make_version(std::move(call));
}

Result<void> CloudflareApi::remove(const WorkerId& worker, const VersionId& version, Tick send_by) {
  ApiCall call = a_read("delete", fmt::format("{}/versions/{}", path_of(worker), version.text()),
                        fmt::format("delete version {} of {}", version.text(), worker.text()));
  call.priority = Priority::remove;
  call.method = HttpMethod::del;
  call.timeout = options_.write_timeout;
  call.send_by = send_by;
  TRY(caller_.call(call));
  return {};
}

Result<std::string> CloudflareApi::script_name(const WorkerId& worker) {
  if (!is_hex_id(worker)) return worker.text();
  if (const auto known = names_.find(worker); known != names_.end()) return known->second;
  TRY_ASSIGN(const Worker found, this->worker(worker));
  return found.name;
}

Result<DeploymentHistory> CloudflareApi::deployments(const WorkerId& worker) {
  TRY_ASSIGN(const std::string name, script_name(worker));
  DeploymentHistory out;
  ApiCall call = a_read("deployments",
                        fmt::format("/accounts/{}/workers/scripts/{}/deployments",
                                    percent_encode(options_.account.text()), percent_encode(name)),
                        fmt::format("list deployments of {}", worker.text()));
  call.read = [&](const Json* answer) -> Wire<void> {
    TRY_ASSIGN(const Json* result, ours(answer, options_.account));
    TRY_ASSIGN(out.deployments, deployments_from_json(*result));
    return {};
  };
  auto date = caller_.call(call);
  // It may have been renamed: ask again next time.
  if (!date && date.error().kind == FailureKind::not_found) names_.erase(worker);
  TRY_ASSIGN(out.server_time, std::move(date));
  return out;
}

Result<Deployment> CloudflareApi::deploy(const WorkerId& worker, const std::vector<Share>& shares,
                                         std::string_view message, Force force) {
  TRY_ASSIGN(const std::string name, script_name(worker));
  const HttpBody body =
      text_body("application/json", dump_json(deployment_to_json(shares, message)));
  Deployment out;
  ApiCall call = a_write("deploy",
                         fmt::format("/accounts/{}/workers/scripts/{}/deployments{}",
                                     percent_encode(options_.account.text()), percent_encode(name),
                                     force == Force::yes ? "?force=true" : ""),
                         fmt::format("deploy {}", worker.text()), body);
  call.read = [&](const Json* answer) -> Wire<void> {
    TRY_ASSIGN(const Json* result, ours(answer, options_.account));
    TRY_ASSIGN(out, deployment_from_json(*result));
    if (!same_shares(out.versions, shares)) {
      return std::unexpected("the answer is for another deployment");
    }
    return {};
  };
  TRY(caller_.call(call));
  return out;
}

}  // namespace rollout
