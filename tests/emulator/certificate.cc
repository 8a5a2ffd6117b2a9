// SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/certificate.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>

#include "daemon/core/model/ensure.h"

namespace rollout {
namespace {

template <auto Free>
struct Freeing {
  void operator()(auto* object) const { Free(object); }
};
using File = std::unique_ptr<std::FILE, Freeing<std::fclose>>;

void extend(X509* certificate, int what, const char* value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, what, value);
  ENSURE(X509_add_ext(certificate, extension, -1) == 1, "the extension must be accepted");
  X509_EXTENSION_free(extension);
}

}  // namespace

void write_certificate(const std::string& certificate, const std::string& key) {
  const std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY_free>> pair(EVP_EC_gen("P-256"));
  const std::unique_ptr<X509, Freeing<X509_free>> made(X509_new());
  X509_set_version(made.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
  X509_set_pubkey(made.get(), pair.get());
  X509_set_issuer_name(made.get(), X509_get_subject_name(made.get()));
  extend(made.get(), NID_basic_constraints, "critical,CA:TRUE");
  extend(made.get(), NID_subject_alt_name, "IP:127.0.0.1");
  X509_sign(made.get(), pair.get(), EVP_sha256());
  const File public_file(std::fopen(certificate.c_str(), "w"));
  const File key_file(std::fopen(key.c_str(), "w"));
  PEM_write_X509(public_file.get(), made.get());
  PEM_write_PrivateKey(key_file.get(), pair.get(), nullptr, nullptr, 0, nullptr, nullptr);
}

}  // namespace rollout
