// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>
#include <memory>

#include "tests/adapters/cloudflare/test_api.h"

namespace rollout {
namespace {

template <auto Free>
struct Freeing {
  void operator()(auto* object) const { Free(object); }
};
using Key = std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freeing<X509_free>>;
using File = std::unique_ptr<std::FILE, Freeing<std::fclose>>;

Key a_key() {
  return Key(EVP_EC_gen("P-256"));
}

void extend(X509* certificate, int what, const char* value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, what, value);
  ENSURE(X509_add_ext(certificate, extension, -1) == 1, "the extension must be accepted");
  X509_EXTENSION_free(extension);
}

/// Unsigned. `issuer` null: its own subject.
Certificate a_certificate(const char* name, EVP_PKEY* key, X509* issuer) {
  Certificate out(X509_new());
  X509_set_version(out.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(out.get()), issuer == nullptr ? 1 : 2);
  X509_gmtime_adj(X509_getm_notBefore(out.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(out.get()), 3600);
  X509_set_pubkey(out.get(), key);
  X509_NAME* subject = X509_get_subject_name(out.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  X509_set_issuer_name(out.get(), issuer == nullptr ? subject : X509_get_subject_name(issuer));
  return out;
}

/// A CA and a server's certificate for 127.0.0.1, as PEM files in a directory of their own.
class TestCa {
 public:
  explicit TestCa(const char* server_address = "IP:127.0.0.1") {
    std::filesystem::create_directories(directory_);
    const Key ca_key = a_key();
    const Certificate ca = a_certificate("Test CA", ca_key.get(), nullptr);
    extend(ca.get(), NID_basic_constraints, "critical,CA:TRUE");
    X509_sign(ca.get(), ca_key.get(), EVP_sha256());
    const Key key = a_key();
    const Certificate server = a_certificate("server", key.get(), ca.get());
    extend(server.get(), NID_subject_alt_name, server_address);
    X509_sign(server.get(), ca_key.get(), EVP_sha256());
    PEM_write_X509(open("ca.pem").get(), ca.get());
    PEM_write_X509(open("cert.pem").get(), server.get());
    PEM_write_PrivateKey(open("key.pem").get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  }
  ~TestCa() { std::filesystem::remove_all(directory_); }
  std::string path(const char* name) const { return directory_ + "/" + name; }

 private:
  File open(const char* name) const { return File(std::fopen(path(name).c_str(), "w")); }
  const std::string directory_ = testing::TempDir() + "rolloutd-ca-" +
                                 testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST(Tls, AnswersOfATrustedServerAreTaken) {
  const TestCa ca;
  Script script(
      {json_answer(200, a_page(1, 1, 1, 1)), json_answer(200, success(a_version_json(2)))});
  RawServer server([&script](RawConnection& connection) { script(connection); },
                   ca.path("cert.pem"), ca.path("key.pem"));
  SystemClock clock;
  auto options = options_for(server, "https");
  options.ca_file = ca.path("ca.pem");
  const auto api = an_api(options, clock);
  const auto listing = api->list(kShop);
  ASSERT_TRUE(listing) << listing.error().sentence();
  const auto version = create_one(*api);
  ASSERT_TRUE(version) << version.error().sentence();
  EXPECT_EQ(server.connections(), 2);
}

TEST(Tls, AnUntrustedServerGetsNothing) {
  const TestCa ca;
  Script script({json_answer(200, success(a_version_json(2)))});
  RawServer server([&script](RawConnection& connection) { script(connection); },
                   ca.path("cert.pem"), ca.path("key.pem"));
  SystemClock clock;
  const auto version = create_one(*an_api(options_for(server, "https"), clock));
  ASSERT_FALSE(version);
  EXPECT_EQ(version.error().kind, FailureKind::transient) << "definite: it was not sent";
  EXPECT_EQ(version.error().detail, "the server's certificate is not trusted");
  EXPECT_TRUE(script.requests().empty());
}

TEST(Tls, ACertificateForAnotherHostIsNotTrusted) {
  const TestCa ca("DNS:api.example.com");
  Script script({json_answer(200, success(a_version_json(2)))});
  RawServer server([&script](RawConnection& connection) { script(connection); },
                   ca.path("cert.pem"), ca.path("key.pem"));
  SystemClock clock;
  auto options = options_for(server, "https");
  options.ca_file = ca.path("ca.pem");
  EXPECT_EQ(create_one(*an_api(options, clock)).error().kind, FailureKind::transient);
  EXPECT_TRUE(script.requests().empty());
}

// Promise 3: over TLS, where the peer says close_notify after the body and nothing else.
TEST(Tls, APostIsSentOnceWhenThePeerClosesAfterItsBody) {
  const TestCa ca;
  std::atomic<int> posts = 0;
  RawServer server(
      [&posts](RawConnection& connection) {
        if (connection.read_request().starts_with("POST ")) ++posts;
      },
      ca.path("cert.pem"), ca.path("key.pem"));
  SystemClock clock;
  auto options = options_for(server, "https");
  options.ca_file = ca.path("ca.pem");
  const auto api = an_api(options, clock);
  for (int i = 1; i <= 20; ++i) {
    EXPECT_EQ(create_one(*api).error().kind, FailureKind::unknown_outcome);
    ASSERT_EQ(posts, i);
  }
  EXPECT_EQ(server.connections(), 20);
}

TEST(Tls, AHandshakeThatHangsEndsWithTheCall) {
  SteppedClock clock;
  RawServer server([&clock](RawConnection& connection) {
    clock.step(std::chrono::minutes(2));
    connection.wait_for_the_end();
  });
  const auto version = create_one(*an_api(options_for(server, "https"), clock));
  ASSERT_FALSE(version);
  EXPECT_EQ(version.error().kind, FailureKind::transient) << "definite: it was not sent";
}

}  // namespace
}  // namespace rollout
