// Who a call says it is from: only what access signed for the service and the presenter counts.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>

#include "absl/strings/match.h"
#include "libs/principal/principal.h"
#include "libs/refusal/refusal.h"
#include "tests/system/rights_fixture.h"

namespace tonghu::system_test {
namespace {

using nlohmann::json;
using rights::Role;

class IdentityTest : public RightsTest {
 protected:
  static std::string Reason(const std::string& process, const std::map<std::string, std::string>& metadata,
                            const char* method = "registry.ChildService.GetChild") {
    const json request =
        absl::EndsWith(method, "GetChild") ? json{{"name", Kept("child1")}} : json{{"fromSeq", "1"}};
    const absl::Status status = Call(*calls().Find(method), request, process, metadata).status;
    return status.ok() ? "" : refusal::Of(status).reason;
  }
  static std::string With(const std::function<void(access::v1::Identity&)>& change,
                          const std::string& process = "services/gateway") {
    access::v1::Identity identity = IdentityOf(Subjects()[0], "registry");
    change(identity);
    return Reason(process, {{principal::kIdentityKey, Signed(identity)}});
  }
};

TEST_F(IdentityTest, OnlyWhatAccessSignedForThisServiceAndThisPresenterCounts) {
  EXPECT_EQ(With([](auto&) {}), "");
  EXPECT_EQ(With([](auto& identity) { identity.set_audience("pairing"); }), "IDENTITY_FOREIGN");
  EXPECT_EQ(With([](auto& identity) { identity.set_presenter("alerts"); }), "IDENTITY_FOREIGN");
  EXPECT_EQ(With([](auto& identity) {
              identity.mutable_expire_time()->set_seconds(absl::ToUnixSeconds(absl::Now()) - 1);
            }),
            "IDENTITY_EXPIRED");
  // A stolen identity, with another certificate.
  EXPECT_EQ(With([](auto&) {}, "operators/local"), "IDENTITY_FOREIGN");
  EXPECT_EQ(With([](auto&) {}, "services/alerts"), "IDENTITY_FOREIGN");
}

TEST_F(IdentityTest, AForgedIdentityIsRefused) {
  access::v1::SignedIdentity sent;
  ASSERT_TRUE(sent.ParseFromString(Signed(IdentityOf(Subjects()[0], "registry"))));
  access::v1::Identity more;
  ASSERT_TRUE(more.ParseFromString(sent.identity()));
  *more.add_rights() = principal::ToMessage({Role::kProvinceOfficer, {}});
  sent.set_identity(more.SerializeAsString());
  EXPECT_EQ(Reason("services/gateway", {{principal::kIdentityKey, sent.SerializeAsString()}}),
            "IDENTITY_FORGED");
  EXPECT_EQ(Reason("services/gateway", {{principal::kIdentityKey, "nonsense"}}), "IDENTITY_FORGED");
  EXPECT_EQ(Reason("operators/local", {{principal::kIdentityKey, "nonsense"}}), "IDENTITY_FORGED")
      << "an operator with an identity is not taken for the operator";
}

TEST_F(IdentityTest, HeadersSetByHandGiveNothing) {
  const std::map<std::string, std::string> by_hand = {{"tonghu-actor", "operators/local"},
                                                      {"tonghu-identity", "operators/local"},
                                                      {"x-forwarded-user", "operators/local"},
                                                      {"authorization", "Bearer operators/local"}};
  EXPECT_EQ(Reason("services/gateway", by_hand), "NOT_PERMITTED");
  EXPECT_EQ(Reason("services/alerts", by_hand), "NOT_PERMITTED");
}

TEST_F(IdentityTest, ServicesMayAskWhatServicesAsk) {
  EXPECT_EQ(Reason("services/alerts", {}, "journal.JournalService.ReadEvents"), "");
  EXPECT_EQ(Reason("services/alerts", {}), "NOT_PERMITTED");
  EXPECT_EQ(Reason("services/gateway", {}, "journal.JournalService.ReadEvents"), "NOT_PERMITTED");
  EXPECT_EQ(Reason("services/gateway", {}), "NOT_PERMITTED");
  EXPECT_EQ(Reason("operators/local", {}), "");
}

}  // namespace
}  // namespace tonghu::system_test
