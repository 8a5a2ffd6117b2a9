// SPDX-License-Identifier: Apache-2.0
#include "daemon/emulator/front.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include "daemon/emulator/http_server.h"

namespace rollout {
namespace {

using ContentReader = httplib::ContentReader;

/// Nothing is kept of a body that grows too large.
bool read_parts(const ContentReader& reader, ApiRequest& request) {
  return reader(
      [&request](const httplib::MultipartFormData& part) {
        request.parts.push_back({part.name, part.content_type, {}});
        return true;
      },
      [&request](const char* data, std::size_t size) {
        request.body_bytes += size;
        if (request.body_bytes > kMaxBody) {
          request.parts.clear();
        } else {
          request.parts.back().content.append(data, size);
        }
        return true;
      });
}

/// httplib's payload limit does not count chunked bodies, so the bytes are counted here. What is
/// above the limit is read and forgotten: a client that still writes would not see the answer.
bool read_body(const httplib::Request& from, const ContentReader& reader, ApiRequest& request) {
  if (!from.has_header("Content-Length") && !from.has_header("Transfer-Encoding")) return true;
  if (from.is_multipart_form_data()) return read_parts(reader, request);
  return reader([&request](const char* data, std::size_t size) {
    request.body_bytes += size;
    if (request.body_bytes <= kMaxBody) {
      request.body.append(data, size);
    } else {
      request.body.clear();
    }
    return true;
  });
}

ApiRequest request_of(const httplib::Request& from) {
  ApiRequest request;
  request.method = from.method;
  request.path = from.path;
  request.query = {from.params.begin(), from.params.end()};
  request.authorization = from.get_header_value("Authorization");
  request.content_type = from.get_header_value("Content-Type");
  request.user_agent = from.get_header_value("User-Agent");
  return request;
}

/// A fault may promise more bytes than it sends: the body ends early and the connection closes.
void set_short_body(httplib::Response& to, std::string body, std::size_t promised,
                    const std::string& type) {
  to.set_content_provider(
      promised, type,
      [body = std::move(body)](std::size_t offset, std::size_t, httplib::DataSink& sink) {
        return offset == 0 && !body.empty() && sink.write(body.data(), body.size());
      });
}

void write_answer(ApiAnswer answer, httplib::Response& to) {
  to.status = answer.status;
  std::string type;
  std::optional<std::size_t> promised;
  for (const auto& [name, value] : answer.headers) {
    if (name == "Content-Type") {
      type = value;
    } else if (name == "Content-Length") {
      promised = static_cast<std::size_t>(std::strtoull(value.c_str(), nullptr, 10));
    } else {
      to.set_header(name.c_str(), value);
    }
  }
  if (promised && *promised > answer.body.size()) {
    set_short_body(to, std::move(answer.body), *promised, type);
  } else if (!answer.body.empty()) {
    to.set_content(answer.body, type);
  }
}

void install(HttpServer& server, Emulator& emulator) {
  const Wait wait = [&server](Millis time) { return server.wait(time); };
  const auto handle = [&server, &emulator, wait](const ApiRequest& request,
                                                 const httplib::Request& from,
                                                 httplib::Response& to) {
    if (auto answer = emulator.handle(request, wait)) {
      write_answer(std::move(*answer), to);
    } else {
      server.drop(from);
    }
  };
  const httplib::Server::HandlerWithContentReader with_body =
      [&server, handle](const httplib::Request& from, httplib::Response& to,
                        const ContentReader& reader) {
        ApiRequest request = request_of(from);
        if (!read_body(from, reader, request)) return server.drop(from);
        handle(request, from, to);
      };
  const httplib::Server::Handler without_body = [handle](const httplib::Request& from,
                                                         httplib::Response& to) {
    handle(request_of(from), from, to);
  };
  server.Get(".*", without_body);
  server.Options(".*", without_body);
  server.Delete(".*", without_body);
  server.Post(".*", with_body);
  server.Put(".*", with_body);
  server.Patch(".*", with_body);
  server.Delete(".*", with_body);
}

}  // namespace

std::expected<std::unique_ptr<Front>, std::string> Front::listen(
    Emulator& emulator, const FrontAddress& address, const std::optional<TlsFiles>& tls) {
  SslContext context;
  if (tls) {
    auto made = make_ssl_context(tls->certificate, tls->key);
    if (!made) return std::unexpected(std::move(made).error());
    context = std::move(*made);
  }
  auto server = std::make_unique<HttpServer>(std::move(context));
  install(*server, emulator);
  errno = 0;
  int port = address.port;
  if (port == 0) {
    port = server->bind_to_any_port(address.host);
  } else if (!server->bind_to_port(address.host, port)) {
    port = -1;
  }
  if (port <= 0) {
    return std::unexpected(fmt::format("cannot listen on {}:{}: {}", address.host, address.port,
                                       errno == 0 ? "no such address" : std::strerror(errno)));
  }
  std::string origin = fmt::format("{}://{}:{}", tls ? "https" : "http", address.host, port);
  return std::unique_ptr<Front>(new Front(std::move(server), std::move(origin), port));
}

Front::Front(std::unique_ptr<HttpServer> server, std::string origin, int port)
    : server_(std::move(server)), origin_(std::move(origin)), port_(port) {
  thread_ = std::thread([this] { server_->listen_after_bind(); });
}

Front::~Front() {
  server_->stop_now();
  thread_.join();
}

std::string Front::origin() const {
  return origin_;
}

}  // namespace rollout
