// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/emulator_options.h"

#include <fmt/format.h>
#include <sysexits.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <map>

#include "daemon/emulator/faults.h"

namespace rollout {
namespace {

constexpr const char* kExample = R"(
Example:
  rollout-emulator --listen 127.0.0.1:8787 --worker shop --token secret
  curl -H 'Authorization: Bearer secret' \
    http://127.0.0.1:8787/client/v4/accounts/0123456789abcdef0123456789abcdef/workers/workers)";

/// Texts as given, before they are checked together.
struct Texts {
  std::string listen = "127.0.0.1:8787";
  std::string rate_limit = "1200/5min";
  std::string tls_certificate;
  std::string tls_key;
};

std::optional<FrontAddress> parse_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  int port = -1;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, port);
  if (error != std::errc() || stop != end || port < 0 || port > 65535) return std::nullopt;
  return FrontAddress{.host = std::string(text.substr(0, colon)), .port = port};
}

std::optional<RateLimitRule> parse_rate(std::string_view text) {
  if (text == "off") return RateLimitRule{.quota = 0};
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  RateLimitRule rule;
  const std::string_view quota = text.substr(0, slash);
  const char* const end = quota.data() + quota.size();
  const auto [stop, error] = std::from_chars(quota.data(), end, rule.quota);
  const auto window = parse_span(text.substr(slash + 1));
  if (error != std::errc() || stop != end || rule.quota < 1) return std::nullopt;
  if (!window || *window < std::chrono::seconds(1)) return std::nullopt;
  rule.window = *window;
  return rule;
}

void add_service_options(CLI::App& app, EmulatorOptions& options, Texts& texts) {
  app.add_option("--listen", texts.listen, "Address and port; port 0 takes a free one")
      ->type_name("HOST:PORT")
      ->capture_default_str();
  app.add_option("--port-file", options.port_file, "Where to write the port once it listens")
      ->type_name("FILE");
  app.add_option("--data", options.data, "Keep everything in this SQLite file, not in memory")
      ->type_name("FILE");
  app.add_option("--token", options.access.token, "The bearer token; without it, any is good")
      ->type_name("T");
  app.add_option("--read-token", options.access.read_token, "A token that may only read")
      ->type_name("T");
  app.add_option("--account", options.access.account, "The account's id")
      ->type_name("ID")
      ->capture_default_str();
  app.add_option("--worker", options.workers, "Make this Worker at start; may be repeated")
      ->type_name("NAME")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--seed", options.seed, "Versions and deployments of the past, as JSON")
      ->type_name("FILE.json");
  app.add_option("--tls-cert", texts.tls_certificate, "Serve HTTPS: the certificate chain, PEM")
      ->type_name("F");
  app.add_option("--tls-key", texts.tls_key, "Serve HTTPS: the certificate's key, PEM")
      ->type_name("F");
}

/// The help names the words; CLI11's own list would show numbers beside them.
template <class T>
void add_switch(CLI::App& app, const char* name, T& value, std::map<std::string, T> words,
                const char* help) {
  app.add_option(name, value, help)
      ->transform(CLI::CheckedTransformer(std::move(words)).description(""))
      ->type_name("WORD")
      ->group("Unknown behaviours");
}

void add_switches(CLI::App& app, EmulatorOptions& options, Texts& texts) {
  CloudRules& rules = options.rules;
  add_switch<DeleteDeployed>(app, "--delete-deployed", rules.delete_deployed,
                             {{"refuse", DeleteDeployed::refuse}, {"allow", DeleteDeployed::allow}},
                             "DELETE of a version that is deployed: refuse (default) or allow");
  add_switch<ListOrder>(
      app, "--list-order", rules.list_order,
      {{"newest", ListOrder::newest}, {"oldest", ListOrder::oldest}, {"by-id", ListOrder::by_id}},
      "Order of versions: newest first (default), oldest, by-id");
  add_switch<UnresolvedInherit>(
      app, "--unresolved-inherit", rules.unresolved_inherit,
      {{"reject", UnresolvedInherit::reject}, {"drop", UnresolvedInherit::drop}},
      "An inherit binding without a source: reject (default) or drop");
  add_switch<UnknownAnnotations>(
      app, "--unknown-annotations", rules.unknown_annotations,
      {{"keep", UnknownAnnotations::keep}, {"drop", UnknownAnnotations::drop}},
      "Annotations besides message and tag: keep (default) or drop");
  add_switch<ClassRule>(
      app, "--class-rule", rules.class_rule, {{"off", ClassRule::off}, {"on", ClassRule::on}},
      "Refuse bindings to classes without a deployed migration: off (default), on");
  add_switch<AssetUploads>(app, "--asset-uploads", rules.asset_uploads,
                           {{"bulk", AssetUploads::bulk}, {"single", AssetUploads::single}},
                           "How assets are uploaded: in buckets (bulk, default) or single");
  app.add_option("--asset-bucket", rules.asset_bucket, "Bytes of the files of one bucket")
      ->type_name("BYTES")
      ->capture_default_str()
      ->group("Unknown behaviours");
  app.add_option("--rate-limit", texts.rate_limit, "Calls in a window, or off")
      ->type_name("N/SPAN")
      ->capture_default_str()
      ->group("Unknown behaviours");
}

std::unexpected<EarlyExit> usage(const std::string& sentence) {
  return std::unexpected(EarlyExit{
      .text = fmt::format("rollout-emulator: {}\nTry rollout-emulator --help.\n", sentence),
      .code = EX_USAGE});
}

}  // namespace

std::expected<EmulatorOptions, EarlyExit> read_emulator_options(int count, char** words) {
  EmulatorOptions options;
  Texts texts;
  CLI::App app("A local Versions API of Cloudflare Workers: in memory, or in one file.",
               "rollout-emulator");
  app.footer(kExample);
  app.set_version_flag("--version", "rollout-emulator " ROLLOUT_VERSION);
  add_service_options(app, options, texts);
  add_switches(app, options, texts);
  try {
    app.parse(count, words);
  } catch (const CLI::CallForHelp&) {
    return std::unexpected(EarlyExit{.text = app.help(), .code = 0});
  } catch (const CLI::CallForVersion& version) {
    return std::unexpected(EarlyExit{.text = std::string(version.what()) + "\n", .code = 0});
  } catch (const CLI::ParseError& error) {
    return usage(error.what());
  }
  const auto address = parse_address(texts.listen);
  if (!address) return usage(fmt::format("--listen {} is not HOST:PORT", texts.listen));
  options.listen = *address;
  const auto rate = parse_rate(texts.rate_limit);
  if (!rate)
    return usage(fmt::format("--rate-limit {} is not such as 1200/5min", texts.rate_limit));
  options.rate_limit = *rate;
  if (texts.tls_certificate.empty() != texts.tls_key.empty()) {
    return usage("--tls-cert and --tls-key need each other");
  }
  if (!texts.tls_key.empty()) options.tls = TlsFiles{texts.tls_certificate, texts.tls_key};
  if (options.access.account.empty() || options.access.account.size() > 32) {
    return usage("--account is not an id of at most 32 characters");
  }
  return options;
}

}  // namespace rollout
