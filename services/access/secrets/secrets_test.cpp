// Random texts, the vault and the hashes of passwords.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sodium.h>

#include <fstream>
#include <set>

#include "services/access/secrets/passwords.h"
#include "services/access/secrets/random.h"
#include "services/access/secrets/vault.h"

namespace tonghu::access {
namespace {

using testing::MatchesRegex;

class SecretsTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_GE(sodium_init(), 0); }
  SystemRandom random_;
  const Vault vault_{std::string(32, 'k')};
};

TEST_F(SecretsTest, CodesAreEasyToTypeAndNeverTheSame) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string code = NewCode(random_, 4);
    EXPECT_THAT(code, MatchesRegex("([A-HJKMNP-TV-Z2-9]{4}-){3}[A-HJKMNP-TV-Z2-9]{4}"));
    EXPECT_TRUE(seen.insert(code).second);
  }
  EXPECT_EQ(Typed(" abcd-efgh 2345"), "ABCDEFGH2345");
  EXPECT_EQ(NewToken(random_).size(), 43u);
}

TEST_F(SecretsTest, WhatIsSealedOpensAtItsPlaceWithItsKeyOnly) {
  const std::string sealed = vault_.Seal("secret", "a", random_);
  EXPECT_EQ(sealed.find("secret"), std::string::npos);
  EXPECT_EQ(vault_.Unseal(sealed, "a").value_or(""), "secret");
  EXPECT_TRUE(absl::IsDataLoss(vault_.Unseal(sealed, "b").status()));
  EXPECT_TRUE(absl::IsDataLoss(Vault(std::string(32, 'x')).Unseal(sealed, "a").status()));
  for (size_t i = 0; i < sealed.size(); ++i) {
    std::string altered = sealed;
    altered[i] ^= 1;
    EXPECT_TRUE(absl::IsDataLoss(vault_.Unseal(altered, "a").status())) << i;
  }
  EXPECT_TRUE(absl::IsDataLoss(vault_.Unseal("", "a").status()));
  EXPECT_NE(vault_.Seal("secret", "a", random_), sealed);
}

TEST_F(SecretsTest, CodesAreHashedAtTheirPlaceWithTheKey) {
  const std::string hash = vault_.HashOf("K7QM-3XRT", "a");
  EXPECT_EQ(vault_.HashOf(" k7qm3xrt", "a"), hash);
  EXPECT_NE(vault_.HashOf("K7QM-3XRT", "b"), hash);
  EXPECT_NE(Vault(std::string(32, 'x')).HashOf("K7QM-3XRT", "a"), hash);
}

TEST_F(SecretsTest, TheKeyFileIsOfOneForm) {
  const std::string path = testing::TempDir() + "/vault.key";
  const auto open = [&](const std::string& text) {
    std::ofstream(path) << text;
    return Vault::Open(path).status();
  };
  EXPECT_TRUE(open(std::string(64, 'a') + "\n").ok());
  for (const std::string& text : {std::string(), std::string(63, 'a'), std::string(64, 'g')})
    EXPECT_TRUE(absl::IsFailedPrecondition(open(text))) << text;
  EXPECT_TRUE(absl::IsFailedPrecondition(Vault::Open(path + ".none").status()));
}

TEST_F(SecretsTest, PasswordsAreArgon2id) {
  prometheus::Counter hashings;
  const Passwords passwords(hashings);
  const auto hash = passwords.Hash("Juhua#Tea7");
  ASSERT_TRUE(hash.ok());
  EXPECT_TRUE(hash->starts_with("$argon2id$v=19$m=65536,t=2,p=1$"));
  EXPECT_TRUE(passwords.IsOf(*hash, "Juhua#Tea7"));
  EXPECT_FALSE(passwords.IsOf(*hash, "Juhua#Tea8"));
  EXPECT_FALSE(passwords.IsOf("", "Juhua#Tea7"));
  EXPECT_FALSE(passwords.IsOf("", "nobody's"));
  EXPECT_EQ(hashings.Value(), 5) << "nobody's too";
}

}  // namespace
}  // namespace tonghu::access
