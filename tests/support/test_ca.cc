// SPDX-License-Identifier: Apache-2.0
#include "tests/support/test_ca.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>
#include <memory>

#include "daemon/core/model/ensure.h"

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

File open_file(const std::string& path) {
  return File(std::fopen(path.c_str(), "w"));
}

}  // namespace

TestCa::TestCa(const char* server_address)
    : directory_(testing::TempDir() + "rolloutd-ca-" +
                 testing::UnitTest::GetInstance()->current_test_info()->name()) {
  std::filesystem::create_directories(directory_);
  const Key ca_key = a_key();
  const Certificate ca = a_certificate("Test CA", ca_key.get(), nullptr);
  extend(ca.get(), NID_basic_constraints, "critical,CA:TRUE");
  X509_sign(ca.get(), ca_key.get(), EVP_sha256());
  const Key key = a_key();
  const Certificate server = a_certificate("server", key.get(), ca.get());
  extend(server.get(), NID_subject_alt_name, server_address);
  X509_sign(server.get(), ca_key.get(), EVP_sha256());
  PEM_write_X509(open_file(path("ca.pem")).get(), ca.get());
  PEM_write_X509(open_file(path("cert.pem")).get(), server.get());
  PEM_write_PrivateKey(open_file(path("key.pem")).get(), key.get(), nullptr, nullptr, 0, nullptr,
                       nullptr);
}

TestCa::~TestCa() {
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

}  // namespace rollout
