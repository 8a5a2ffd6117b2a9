// SPDX-License-Identifier: Apache-2.0
#include "daemon/codec/bindings.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace rollout {
namespace {

struct Case {
  const char* name;
  const char* binding;
  const char* pointer;  ///< Null: it is fine.
};

class CheckBinding : public testing::TestWithParam<Case> {};

TEST_P(CheckBinding, NamesTheFieldThatIsWrong) {
  const auto error = check_binding(*parse_json(GetParam().binding));
  if (GetParam().pointer == nullptr) {
    EXPECT_FALSE(error) << error->pointer << ": " << error->message;
  } else {
    ASSERT_TRUE(error);
    EXPECT_EQ(error->pointer, GetParam().pointer) << error->message;
    EXPECT_FALSE(error->message.empty());
  }
}

constexpr Case kCases[] = {
    {"NoObject", R"([1])", ""},
    {"NoName", R"({"type":"ai"})", "/name"},
    {"EmptyName", R"({"name":"","type":"ai"})", "/name"},
    {"NoType", R"({"name":"A"})", "/type"},
    {"TypeIsANumber", R"({"name":"A","type":1})", "/type"},
    {"NothingNeeded", R"({"name":"A","type":"ai"})", nullptr},
    {"UnknownKindPasses", R"({"name":"A","type":"hologram","x":[1]})", nullptr},
    {"Inherit", R"({"name":"A","type":"inherit"})", nullptr},
    {"Kv", R"({"name":"A","type":"kv_namespace","namespace_id":"0f2a"})", nullptr},
    {"KvWithoutId", R"({"name":"A","type":"kv_namespace"})", "/namespace_id"},
    {"KvIdTooLong",
     R"({"name":"A","type":"kv_namespace","namespace_id":"0123456789012345678901234567890123"})",
     "/namespace_id"},
    {"KvIdIsANumber", R"({"name":"A","type":"kv_namespace","namespace_id":7})", "/namespace_id"},
    {"D1", R"({"name":"A","type":"d1","database_id":"x"})", nullptr},
    {"D1ByItsOldName", R"({"name":"A","type":"d1","id":"x"})", nullptr},
    {"D1ByNeither", R"({"name":"A","type":"d1"})", "/database_id"},
    {"DurableObjectByClass", R"({"name":"A","type":"durable_object_namespace","class_name":"C"})",
     nullptr},
    {"DurableObjectByNamespace",
     R"({"name":"A","type":"durable_object_namespace","namespace_id":"n"})", nullptr},
    {"DurableObjectByNeither", R"({"name":"A","type":"durable_object_namespace"})", "/class_name"},
    {"JsonTakesNull", R"({"name":"A","type":"json","json":null})", nullptr},
    {"JsonWithoutValue", R"({"name":"A","type":"json"})", "/json"},
    {"SecretWithoutText", R"({"name":"A","type":"secret_text"})", "/text"},
    {"SecretKey",
     R"({"name":"A","type":"secret_key","format":"raw","algorithm":{},"usages":["sign"]})",
     nullptr},
    {"SecretKeyUsagesAreText",
     R"({"name":"A","type":"secret_key","format":"raw","algorithm":{},"usages":"sign"})",
     "/usages"},
    {"SecondFieldMissing", R"({"name":"A","type":"secrets_store_secret","store_id":"s"})",
     "/secret_name"},
    {"RateLimit",
     R"({"name":"A","type":"ratelimit","namespace_id":"1","simple":{"limit":1,"period":60}})",
     nullptr},
    {"RateLimitWithoutPeriod",
     R"({"name":"A","type":"ratelimit","namespace_id":"1","simple":{"limit":1}})",
     "/simple/period"},
    {"VpcByNetwork", R"({"name":"A","type":"vpc_network","network_id":"cf1:network"})", nullptr},
    {"VpcByBoth", R"({"name":"A","type":"vpc_network","network_id":"n","tunnel_id":"t"})",
     "/tunnel_id"},
};

INSTANTIATE_TEST_SUITE_P(Kinds, CheckBinding, testing::ValuesIn(kCases),
                         [](const auto& param) { return std::string(param.param.name); });

}  // namespace
}  // namespace rollout
