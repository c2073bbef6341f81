#include "services/access/domain/federated_subject.h"

#include <gtest/gtest.h>

#include "libs/refusal/refusal.h"

namespace tonghu::access {
namespace {

TEST(FederatedSubjectTest, WhatAProviderSays) {
  for (const char* subject : {"248289761001", "zhang.san", "uid=zhangsan,ou=教育局", "a b"})
    EXPECT_TRUE(CheckSubject({"https://sso.example.gov.cn", subject}, "x").ok()) << subject;
  EXPECT_TRUE(CheckSubject({std::string(255, 'i'), std::string(255, 's')}, "x").ok());
}

TEST(FederatedSubjectTest, WhatNoProviderSays) {
  const std::string odd("a\0b", 3);
  for (const FederatedSubject& subject : {FederatedSubject{"", "zhangsan"},
                                          {"sso", ""},
                                          {"", ""},
                                          {"sso", " zhangsan"},
                                          {"sso ", "zhangsan"},
                                          {"sso", "zhang\nsan"},
                                          {"sso", odd},
                                          {"sso", "\x7f"},
                                          {"sso", std::string(256, 's')},
                                          {std::string(256, 'i'), "zhangsan"}}) {
    const auto refused = refusal::Of(CheckSubject(subject, "federated_subject"));
    EXPECT_EQ(refused.reason, "SUBJECT_MALFORMED") << subject.subject;
    EXPECT_EQ(refused.field, "federated_subject");
  }
}

}  // namespace
}  // namespace tonghu::access
