// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/cloudflare/exchange.h"

#include <fmt/format.h>
#include <httplib.h>
#include <openssl/crypto.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <csignal>

#include "daemon/adapters/cloudflare/call_guard.h"

namespace rollout {
namespace {

constexpr Millis kConnect = std::chrono::seconds(5);
/// A kept connection idle for longer may be half closed by the other side.
constexpr Millis kIdle = std::chrono::seconds(2);
/// An announced length is believed up to here when memory is set aside.
constexpr std::uint64_t kReserve = 1U << 20U;

/// Whether it may be cut off, or sent over a connection that may be half closed by now.
bool is_careless(const HttpCall& call) {
  return call.method == HttpMethod::get || call.repeat == Repeat::harmless;
}

CallGuard::Cancelling cancelling(const HttpCall& call) {
  if (is_careless(call)) return CallGuard::Cancelling::at_once;
  if (call.method == HttpMethod::del) return CallGuard::Cancelling::after_grace;
  return CallGuard::Cancelling::until_body_begins;
}

/// What the library's error means for the request.
Transport transport_of(httplib::Error error) {
  switch (error) {
    case httplib::Error::Connection:
    case httplib::Error::ConnectionTimeout:
    case httplib::Error::BindIPAddress:
    case httplib::Error::SSLConnection:
    case httplib::Error::SSLLoadingCerts:
    case httplib::Error::SSLServerVerification:
      return Transport::not_sent;
    default:
      return Transport::broken;
  }
}

/// `whom`: the server, and the proxy on the way to it. `check`: what a person can look at.
std::string trouble_of(httplib::Error error, const std::string& whom, std::string_view check) {
  switch (error) {
    case httplib::Error::Connection:
      return fmt::format("cannot connect to {}; check {}", whom, check);
    case httplib::Error::ConnectionTimeout:
      return fmt::format("no connection to {} within {}; check {}", whom, for_people(kConnect),
                         check);
    case httplib::Error::SSLConnection:
      return fmt::format("the TLS handshake failed with {}; check {}", whom, check);
    case httplib::Error::SSLLoadingCerts:
      return "the certificates to trust cannot be read; install the package ca-certificates, or "
             "name a file of them in SSL_CERT_FILE";
    case httplib::Error::SSLServerVerification:
      return fmt::format(
          "the certificate of {} is not trusted; where a private CA "
          "signed it, name that in SSL_CERT_FILE",
          whom);
    case httplib::Error::Write:
      return "the connection ended while the request was sent";
    case httplib::Error::Read:
      return "the connection ended before the answer was complete";
    default:
      return "the connection failed";
  }
}

/// Turns a fresh socket into one that cannot be connected: the library asks nobody before it does.
void spoil(int socket) {
  const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  if (nothing < 0) return;
  ::dup3(nothing, socket, O_CLOEXEC);
  ::close(nothing);
}

void read_headers(const httplib::Response& response, HttpAnswer& answer) {
  answer.status = response.status;
  answer.cf_ray = response.get_header_value("cf-ray");
  answer.date = parse_http_date(response.get_header_value("Date"));
  answer.retry_after = parse_retry_after(response.get_header_value("Retry-After"), answer.date);
  answer.rate_limit = parse_rate_limit(response.get_header_value("Ratelimit"));
  answer.rate_policy = parse_rate_policy(response.get_header_value("Ratelimit-Policy"));
}

}  // namespace

class HttpExchange::Session {
 public:
  Session(Options options, Clock& clock);

  HttpAnswer perform(const HttpCall& call, const Secret& token);
  void cancel() { guard_.cancel(); }
  /// After an exception of the library.
  void abandon() {
    guard_.end();
    hang_up();
  }

 private:
  /// What is learned while one call runs.
  struct Progress {
    bool body_begun = false;
    bool too_large = false;
  };

  void prepare(const HttpCall& call);
  void handshake_done(int socket);
  static void on_tls(const SSL* tls, int where, int result);
  void hang_up();
  std::string trouble_of(httplib::Error error) const;
  httplib::Request request_of(const HttpCall& call, const Secret& token, Progress& progress,
                              HttpAnswer& answer);
  void stream_body(const HttpCall& call, httplib::Request& request, Progress& progress,
                   HttpAnswer& answer);
  void conclude(const HttpCall& call, const Progress& progress, CallGuard::Cut cut,
                HttpAnswer& answer) const;

  Options options_;
  Clock& clock_;
  httplib::Client client_;
  CallGuard guard_;
  std::optional<Tick> used_at_;
  std::optional<Tick> connect_by_;
  std::optional<Tick> send_by_;  ///< Of a call that has not shaken hands yet.
  bool late_ = false;            ///< Its hands were shaken after that: nothing was written.
};

HttpExchange::Session::Session(Options options, Clock& clock)
    : options_(std::move(options)), clock_(clock), client_(options_.origin.base), guard_(clock) {
  client_.set_follow_location(false);
  client_.set_decompress(false);
  client_.set_compress(false);
  client_.set_url_encode(false);
  client_.set_tcp_nodelay(true);
  client_.enable_server_certificate_verification(true);
  if (!options_.ca_file.empty()) client_.set_ca_cert_path(options_.ca_file);
  if (is_loopback(options_.origin.host)) options_.proxy.reset();
  if (options_.proxy) {
    client_.set_proxy(options_.proxy->host, options_.proxy->port);
    if (!options_.proxy->user.empty()) {
      client_.set_proxy_basic_auth(options_.proxy->user, options_.proxy->password);
    }
  }
  client_.set_socket_options([this](socket_t socket) {
    const bool late = connect_by_ && clock_.tick() >= *connect_by_;
    if (!guard_.adopt(socket) || late) spoil(socket);
  });
  if (SSL_CTX* context = client_.ssl_context()) {
    SSL_CTX_set_app_data(context, this);
    SSL_CTX_set_info_callback(context, on_tls);
  }
}

/// The last that the library tells before it writes the request: a proxy may have taken its time.
void HttpExchange::Session::on_tls(const SSL* tls, int where, int) {
  if ((where & SSL_CB_HANDSHAKE_DONE) == 0) return;
  auto* self = static_cast<Session*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(tls)));
  self->handshake_done(SSL_get_fd(tls));
}

/// TLS 1.3 says it again for each ticket that comes with the answer; only the first counts.
void HttpExchange::Session::handshake_done(int socket) {
  const auto send_by = std::exchange(send_by_, std::nullopt);
  late_ = late_ || (send_by && clock_.tick() >= *send_by);
  if (late_) ::shutdown(socket, SHUT_RDWR);
}

void HttpExchange::Session::hang_up() {
  client_.stop();
  guard_.drop();
  used_at_.reset();
}

std::string HttpExchange::Session::trouble_of(httplib::Error error) const {
  if (!options_.proxy) {
    return rollout::trouble_of(error, options_.origin.base,
                               "the account's `api` and this host's network");
  }
  return rollout::trouble_of(error,
                             fmt::format("{} by way of the proxy {}:{}", options_.origin.base,
                                         options_.proxy->host, options_.proxy->port),
                             "HTTPS_PROXY and this host's network");
}

void HttpExchange::Session::prepare(const HttpCall& call) {
  const Tick now = clock_.tick();
  const bool keep = is_careless(call);
  if (!keep || !used_at_ || now - *used_at_ > kIdle) hang_up();
  client_.set_keep_alive(keep);
  const Millis left = std::max(call.deadline - now, Millis(1));
  Millis connect = std::min(kConnect, left);
  connect_by_.reset();
  send_by_ = call.send_by;
  late_ = false;
  if (call.send_by) {
    // Connecting and the handshake each take this long at most, names the other half.
    connect = std::clamp((*call.send_by - now) / 4, Millis(1), connect);
    connect_by_ = *call.send_by - 2 * connect;
  }
  client_.set_connection_timeout(connect);
  // The guard ends the call at its deadline; a single read or write only must not end it earlier.
  client_.set_read_timeout(left + kConnect);
  client_.set_write_timeout(left + kConnect);
}

void HttpExchange::Session::stream_body(const HttpCall& call, httplib::Request& request,
                                        Progress& progress, HttpAnswer& answer) {
  request.set_header("Content-Type", call.body->content_type);
  request.content_length_ = call.body->size;
  if (call.body->size == 0) {
    // Nothing will be asked for: the library sends the headers, and they are the whole request.
    progress.body_begun = guard_.body_begins();
    return;
  }
  request.content_provider_ = [&](std::size_t, std::size_t, httplib::DataSink& sink) {
    if (progress.body_begun || !guard_.body_begins()) return false;
    progress.body_begun = true;
    auto written = call.body->write(
        [&sink](std::string_view piece) { return sink.write(piece.data(), piece.size()); });
    if (!written) answer.body_failure = std::move(written).error();
    return !answer.body_failure;
  };
}

httplib::Request HttpExchange::Session::request_of(const HttpCall& call, const Secret& token,
                                                   Progress& progress, HttpAnswer& answer) {
  httplib::Request request;
  request.method = to_string(call.method);
  request.path = options_.origin.path + call.target;
  request.set_header("Authorization", "Bearer " + token.reveal());
  request.set_header("Accept", "application/json");
  request.set_header("Accept-Encoding", "identity");
  request.set_header("User-Agent", options_.user_agent);
  if (call.body != nullptr) stream_body(call, request, progress, answer);
  request.response_handler = [&](const httplib::Response& response) {
    guard_.headers_done();
    read_headers(response, answer);
    const auto length = response.get_header_value<std::uint64_t>("Content-Length");
    progress.too_large = length > call.max_answer;
    answer.body.reserve(std::min(length, kReserve));
    return !progress.too_large;
  };
  request.content_receiver = [&](const char* data, std::size_t size, std::uint64_t, std::uint64_t) {
    progress.too_large = answer.body.size() + size > call.max_answer;
    if (!progress.too_large) answer.body.append(data, size);
    return !progress.too_large;
  };
  return request;
}

void HttpExchange::Session::conclude(const HttpCall& call, const Progress& progress,
                                     CallGuard::Cut cut, HttpAnswer& answer) const {
  if (progress.too_large || cut == CallGuard::Cut::headers_too_large) {
    answer.transport = Transport::too_large;
    answer.trouble = progress.too_large
                         ? fmt::format("the answer is larger than {} bytes", call.max_answer)
                         : "the answer's headers have no end";
  } else if (cut == CallGuard::Cut::deadline) {
    answer.transport = Transport::deadline;
    answer.trouble = "no complete answer within the time of the call";
  } else if (cut == CallGuard::Cut::cancelled) {
    answer.transport = Transport::cancelled;
    answer.trouble = "the call was ended because the program stops";
  } else if (late_) {
    answer.transport = Transport::not_sent;
    answer.trouble = "connecting took longer than the request may wait";
  }
  // Without a byte of its body a request cannot have had an effect.
  if (call.body != nullptr && !progress.body_begun) answer.transport = Transport::not_sent;
}

HttpAnswer HttpExchange::Session::perform(const HttpCall& call, const Secret& token) {
  HttpAnswer answer;
  Progress progress;
  guard_.begin(call.deadline, cancelling(call));
  prepare(call);
  httplib::Request request = request_of(call, token, progress, answer);
  httplib::Response response;
  httplib::Error error = httplib::Error::Success;
  const bool done = client_.send(request, response, error);
  if (auto held = request.headers.find("Authorization"); held != request.headers.end()) {
    OPENSSL_cleanse(held->second.data(), held->second.size());
  }
  if (done) {
    answer.transport = Transport::answered;
    // An answer without a body never reached the handler.
    read_headers(response, answer);
  } else {
    answer.transport = transport_of(error);
    answer.trouble = trouble_of(error);
  }
  conclude(call, progress, guard_.end(), answer);
  if (answer.transport == Transport::answered && is_careless(call)) {
    used_at_ = clock_.tick();
  } else {
    hang_up();
  }
  return answer;
}

HttpBody text_body(std::string content_type, std::string text) {
  const std::uint64_t size = text.size();
  return {.content_type = std::move(content_type),
          .size = size,
          .write = [text = std::move(text)](const BodySink& sink) -> Result<void> {
            sink(text);
            return {};
          }};
}

HttpExchange::HttpExchange(Options options, Clock& clock) {
  // A socket that was shut down must answer a write with an error, not with a signal.
  std::signal(SIGPIPE, SIG_IGN);
  session_ = std::make_unique<Session>(std::move(options), clock);
}

HttpExchange::~HttpExchange() = default;

HttpAnswer HttpExchange::perform(const HttpCall& call, const Secret& token) {
  try {
    return session_->perform(call, token);
  } catch (const std::exception&) {
    session_->abandon();
    HttpAnswer answer;
    answer.transport = Transport::broken;
    answer.trouble = "the HTTP library failed";
    return answer;
  }
}

void HttpExchange::cancel() {
  session_->cancel();
}

}  // namespace rollout
