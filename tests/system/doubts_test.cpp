// Contacts that look like box-ticking, on a real stack: found at three in the morning or whenever everything
// is on again, counted beside the figures, dismissed once; and no duty or alert knows of them.
#include "libs/refusal/refusal.h"
#include "tests/system/pairing_fixture.h"
#include "tonghu/pairing/v1/doubt_service.grpc.pb.h"
#include "tonghu/reporting/v1/report_service.grpc.pb.h"

namespace tonghu::system_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class DoubtsTest : public PairingTest {
 protected:
  std::string County() const { return "counties/" + One().county; }
  void SetUp() override {
    auto province = fault::Province::Up(1, 30);
    ASSERT_TRUE(province.ok()) << province.status();
    province_ = std::move(*province);
    ASSERT_TRUE(province_->Quiet().ok());
    const auto& all = province_->paired();
    for (size_t i = 0; i < all.size() && second_ == 0; ++i) {
      for (size_t j = i + 1; j < all.size() && second_ == 0; ++j) {
        if (all[i].county == all[j].county && all[i].helper == all[j].helper) first_ = i, second_ = j;
      }
    }
    ASSERT_NE(second_, 0u) << "a class teacher of two";
  }
  // Two children of one helper.
  const fault::Paired& One() const { return pair(first_); }
  const fault::Paired& Sibling() const { return pair(second_); }
  v1::Contact Record(const fault::Paired& pair, absl::Time happened, const std::string& note) {
    v1::CreateContactRequest request;
    request.set_parent("counties/" + pair.county);
    request.mutable_contact()->set_child(pair.child);
    request.mutable_contact()->set_helper(pair.helper);
    request.mutable_contact()->set_kind(v1::CONTACT_KIND_TALK);
    request.mutable_contact()->set_note(note);
    clock::SetTime(happened, request.mutable_contact()->mutable_happen_time());
    auto logged = clients().Call(&v1::ContactService::Stub::CreateContact, request);
    EXPECT_TRUE(logged.ok()) << logged.status();
    EXPECT_TRUE(province_->Quiet().ok());
    return logged.value_or(v1::Contact());
  }
  void Withdraw(const v1::Contact& contact) {
    v1::WithdrawContactRequest request;
    request.set_name(contact.name());
    request.set_helper(contact.helper());
    request.set_reason("没有谈");
    auto withdrawn = clients().Call(&v1::ContactService::Stub::WithdrawContact, request);
    EXPECT_TRUE(withdrawn.ok()) << withdrawn.status();
    EXPECT_TRUE(province_->Quiet().ok());
  }
  std::vector<v1::Doubt> Doubts(v1::DoubtState state = v1::DOUBT_STATE_OPEN) {
    v1::ListDoubtsRequest request;
    request.set_parent(County());
    request.set_state(state);
    request.set_page_size(1);
    std::vector<v1::Doubt> doubts;
    absl::Status read = clients().ForEachPage(
        &v1::DoubtService::Stub::ListDoubts, request,
        [&](const auto& page) { doubts.insert(doubts.end(), page.doubts().begin(), page.doubts().end()); });
    EXPECT_TRUE(read.ok()) << read;
    return doubts;
  }
  absl::StatusOr<v1::Doubt> Dismiss(const v1::Doubt& doubt, const std::string& by) {
    v1::DismissDoubtRequest request;
    request.set_name(doubt.name());
    request.set_staff_member(by);
    request.set_reason("已核实");
    auto dismissed = clients().Call(&v1::DoubtService::Stub::DismissDoubt, request);
    EXPECT_TRUE(province_->Quiet().ok());
    return dismissed;
  }
  // "contacts doubtful done doubtful" of the county, which a recomputation must give too.
  std::string Figures() {
    reporting::v1::QueryCountsRequest request;
    request.set_division(One().county);
    auto stored = clients().Call(&reporting::v1::ReportService::Stub::QueryCounts, request);
    EXPECT_TRUE(stored.ok()) << stored.status();
    if (!stored.ok()) return "";
    *request.mutable_through() = stored->through();
    auto recomputed = clients().Call(&reporting::v1::ReportService::Stub::RecomputeCounts, request);
    EXPECT_TRUE(recomputed.ok()) << recomputed.status();
    if (recomputed.ok()) EXPECT_EQ(stored->SerializeAsString(), recomputed->SerializeAsString());
    int64_t contacts = 0, doubtful = 0, done = 0, done_doubtful = 0;
    for (const auto& week : stored->weeks()) {
      contacts += week.contacts();
      doubtful += week.contacts_doubtful();
      done += week.done();
      done_doubtful += week.done_doubtful();
    }
    return absl::StrCat(contacts, " ", doubtful, " ", done, " ", done_doubtful);
  }
  int64_t Numbered(const std::string& service, const std::string& sql) {
    return province_->Number(service, sql).value_or(-1);
  }

  size_t first_ = 0, second_ = 0;
};

constexpr char kCopied[] = "谈心：学习、生活情况正常";

TEST_F(DoubtsTest, WhatIsCopiedIsFoundThoughEverythingWasOffAndCountsAgainWhenDismissed) {
  AdvanceTo(On(9, 2, 10));
  Record(One(), On(9, 2, 8), kCopied);
  AdvanceTo(On(9, 2, 11));
  Record(Sibling(), On(9, 2, 9), "谈心:学习,生活情况正常。");
  EXPECT_THAT(Doubts(), IsEmpty());
  const auto states = States(One());
  // It is due at three in the morning, when nothing runs, and pairing is killed again in the middle of it.
  for (const char* service : {"pairing-1", "reporting-1"}) ASSERT_TRUE(province_->stack().Kill(service).ok());
  ASSERT_TRUE(province_->stack().clock().AdvanceTo(On(9, 3, 8)).ok());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(province_->stack().Start("pairing-1").ok());
    ASSERT_TRUE(province_->stack().Kill("pairing-1").ok());
  }
  for (const char* service : {"pairing-1", "reporting-1"})
    ASSERT_TRUE(province_->stack().Start(service).ok());
  ASSERT_TRUE(province_->Quiet().ok());
  ASSERT_THAT(Doubts(), SizeIs(2));
  const v1::Doubt doubt = Doubts().front();
  EXPECT_THAT(doubt.reasons(), ElementsAre(v1::DOUBT_REASON_SAME_TEXT));
  EXPECT_EQ(doubt.alike(), 1);
  EXPECT_EQ(doubt.child(), Sibling().child) << "the latest reported first";
  EXPECT_EQ(Figures(), "2 2 2 2");
  EXPECT_EQ(States(One()), states);

  EXPECT_EQ(refusal::Of(Dismiss(doubt, One().helper).status()).reason, "DOUBT_OF_OWN_CONTACT");
  const auto dismissed = Dismiss(doubt, OtherOf(One()).helper);
  ASSERT_TRUE(dismissed.ok()) << dismissed.status();
  EXPECT_EQ(dismissed->state(), v1::DOUBT_STATE_DISMISSED);
  EXPECT_EQ(Figures(), "2 1 2 1");
  AdvanceTo(On(9, 5, 8));
  EXPECT_THAT(Doubts(), SizeIs(1)) << "it does not come back";
  EXPECT_THAT(Doubts(v1::DOUBT_STATE_DISMISSED), SizeIs(1));
  EXPECT_EQ(Figures(), "2 1 2 1");
  EXPECT_EQ(Numbered("pairing", "SELECT count(*) FROM duty WHERE outcome = 2"), 2);
}

TEST_F(DoubtsTest, WhoWithdrawsWhatWasCopiedTakesTheDoubtOffTheOtherAtOnce) {
  AdvanceTo(On(9, 2, 10));
  Record(One(), On(9, 2, 8), kCopied);
  const v1::Contact copy = Record(Sibling(), On(9, 2, 9), kCopied);
  AdvanceTo(On(9, 3, 8));
  ASSERT_EQ(Figures(), "2 2 2 2");
  Withdraw(copy);
  EXPECT_THAT(Doubts(v1::DOUBT_STATE_UNSPECIFIED), IsEmpty());
  EXPECT_EQ(Figures(), "1 0 1 0");
  EXPECT_EQ(States(Sibling()).front(), v1::DUTY_STATE_OPEN) << "the duty follows the contact, not the doubt";
}

// A doubt neither hides what was missed nor makes anything missed.
TEST_F(DoubtsTest, WhatIsMissedIsMissedWithOrWithoutADoubt) {
  AdvanceTo(On(9, 2, 10));
  Record(One(), On(9, 2, 2), "夜里谈心，谈了家里的事情");
  AdvanceTo(On(9, 9, 9));
  ASSERT_THAT(Doubts(), SizeIs(1));
  EXPECT_THAT(Doubts().front().reasons(), ElementsAre(v1::DOUBT_REASON_IMPOSSIBLE_HOUR));
  EXPECT_EQ(States(One()).front(), v1::DUTY_STATE_DONE);
  EXPECT_EQ(MissedAlerts(One(), One().helper), 0);
  EXPECT_EQ(States(Sibling()).front(), v1::DUTY_STATE_MISSED);
  EXPECT_EQ(MissedAlerts(Sibling(), Sibling().helper), 1);
  ASSERT_TRUE(Dismiss(Doubts().front(), OtherOf(One()).helper).ok());
  EXPECT_EQ(States(One()).front(), v1::DUTY_STATE_DONE);
  EXPECT_EQ(MissedAlerts(One(), One().helper), 0);
}

}  // namespace
}  // namespace tonghu::system_test
