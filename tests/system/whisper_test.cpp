// Whisper boxes on a real stack: opened or missed once, whatever dies; answered or missed; concerns raised;
// who keeps them.
#include "libs/refusal/refusal.h"
#include "tests/fault/ask.h"
#include "tests/system/pairing_fixture.h"
#include "tonghu/pairing/v1/whisper_service.grpc.pb.h"

namespace tonghu::system_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using WhisperStub = v1::WhisperService::Stub;

class WhisperTest : public PairingTest {
 protected:
  void SetUp() override {
    PairingTest::SetUp();
    if (province_ == nullptr) return;
    // The deputy stands in for the head where that post is vacant.
    for (const fault::Paired& one : province_->paired()) {
      if (one.county == pair(0).county && one.helper != Head()) keeper_ = one.helper;
    }
    ASSERT_NE(keeper_, "");
    const auto put = Put(keeper_);
    ASSERT_TRUE(put.ok()) << put.status();
    ASSERT_TRUE(province_->Quiet().ok());
  }

  // Who answers for the school.
  std::string Head() const {
    for (const auto& [name, post] : province_->posts()) {
      if (post.kind() == registry::v1::POST_KIND_SCHOOL_HEAD && post.school() == pair(0).school)
        return post.holder().empty() ? post.deputy() : post.holder();
    }
    return "";
  }

  std::string County() const { return "counties/" + pair(0).county; }

  absl::StatusOr<v1::WhisperBox> Put(const std::string& keeper) {
    v1::PutWhisperBoxRequest request;
    request.mutable_whisper_box()->set_school(pair(0).school);
    request.mutable_whisper_box()->set_keeper(keeper);
    return clients().Call(&WhisperStub::PutWhisperBox, request);
  }
  // Opens the box; `letters` are their texts.
  absl::StatusOr<v1::WhisperOpening> Open(const std::vector<v1::FoundWhisperLetter>& letters,
                                          absl::Time at = absl::InfinitePast()) {
    v1::OpenWhisperBoxRequest request;
    request.set_school(pair(0).school);
    request.set_keeper(keeper_);
    if (at != absl::InfinitePast()) clock::SetTime(at, request.mutable_open_time());
    for (const auto& letter : letters) *request.add_letters() = letter;
    auto opened = clients().Call(&WhisperStub::OpenWhisperBox, request);
    EXPECT_TRUE(province_->Quiet().ok());
    return opened;
  }
  absl::StatusOr<v1::WhisperLetter> Answer(const std::string& letter) {
    v1::AnswerWhisperLetterRequest request;
    request.set_name(letter);
    request.set_keeper(keeper_);
    request.set_answer("已当面谈心");
    auto answered = clients().Call(&WhisperStub::AnswerWhisperLetter, request);
    EXPECT_TRUE(province_->Quiet().ok());
    return answered;
  }
  static v1::FoundWhisperLetter Letter(const std::string& text, const std::string& child = "",
                                       const std::vector<v1::Concern>& concerns = {}) {
    v1::FoundWhisperLetter letter;
    letter.set_text(text);
    letter.set_child(child);
    for (const v1::Concern concern : concerns) letter.add_concerns(concern);
    return letter;
  }

  // The box's openings: "2026-09-04 3", the latest first.
  std::vector<std::string> Openings() {
    v1::ListWhisperOpeningsRequest request;
    request.set_school(pair(0).school);
    auto listed = clients().Call(&WhisperStub::ListWhisperOpenings, request);
    EXPECT_TRUE(listed.ok()) << listed.status();
    std::vector<std::string> openings;
    if (!listed.ok()) return openings;
    for (const auto& one : listed->whisper_openings())
      openings.push_back(absl::StrCat(one.day(), " ", one.state(), one.missed() ? " missed" : ""));
    return openings;
  }
  // The county's alerts of a kind.
  std::vector<alerts::v1::Alert> Alerts(alerts::v1::AlertKind kind) {
    auto listed = fault::Alerts(clients(), County(), "");
    EXPECT_TRUE(listed.ok()) << listed.status();
    std::vector<alerts::v1::Alert> found;
    for (auto& alert : listed.value_or(std::vector<alerts::v1::Alert>())) {
      if (alert.kind() == kind) found.push_back(std::move(alert));
    }
    return found;
  }
  // Those about whisper boxes: "2026-09-04 3 resolution".
  std::vector<std::string> Overdue() {
    std::vector<std::string> found;
    for (const auto& alert : Alerts(alerts::v1::ALERT_KIND_WHISPER_OVERDUE))
      found.push_back(absl::StrCat(alert.date(), alert.last_day().empty() ? "" : "..", alert.last_day(), " ",
                                   alert.state(), alert.resolution().empty() ? "" : " ", alert.resolution()));
    return found;
  }
  std::string Refused(const absl::Status& status) { return refusal::Of(status).reason; }

  std::string keeper_;
};

// Friday 4 September is the first opening day; it is missed when Saturday is over.
TEST_F(WhisperTest, NotOpenedItIsMissedOnceThoughEverythingIsOffAtThatMinute) {
  AdvanceTo(On(9, 5, 23));
  EXPECT_THAT(Openings(), IsEmpty());
  ASSERT_TRUE(province_->stack().Kill("alerts").ok());
  ASSERT_TRUE(province_->stack().Kill("pairing").ok());
  ASSERT_TRUE(province_->stack().clock().AdvanceTo(On(9, 6, 3)).ok());
  ASSERT_TRUE(province_->stack().Start("pairing").ok());
  ASSERT_TRUE(province_->stack().Kill("pairing").ok());
  ASSERT_TRUE(province_->stack().Start("pairing").ok());
  ASSERT_TRUE(province_->stack().Start("alerts").ok());
  ASSERT_TRUE(province_->Quiet().ok());
  EXPECT_THAT(Openings(), ElementsAre("2026-09-04 3 missed"));
  const auto alerts = Alerts(alerts::v1::ALERT_KIND_WHISPER_OVERDUE);
  ASSERT_EQ(alerts.size(), 1u);
  EXPECT_EQ(alerts[0].child(), "");
  EXPECT_EQ(alerts[0].school(), pair(0).school);
  std::vector<int> told;
  for (const auto& entry : alerts[0].entries()) {
    if (entry.action() == alerts::v1::ALERT_ACTION_TOLD) told.push_back(entry.level());
  }
  EXPECT_THAT(told, ElementsAre(alerts::v1::LEVEL_HELPER, alerts::v1::LEVEL_SCHOOL_HEAD));
  // Two weeks off: each opening day is missed, and each once.
  ASSERT_TRUE(province_->stack().Kill("pairing").ok());
  ASSERT_TRUE(province_->stack().clock().AdvanceTo(On(9, 21, 3)).ok());
  ASSERT_TRUE(province_->stack().Start("pairing").ok());
  ASSERT_TRUE(province_->Quiet().ok());
  EXPECT_THAT(Openings(), ElementsAre("2026-09-18 3 missed", "2026-09-11 3 missed", "2026-09-04 3 missed"));
  EXPECT_EQ(Alerts(alerts::v1::ALERT_KIND_WHISPER_OVERDUE).size(), 3u);
  ASSERT_TRUE(Open({}).ok());
  EXPECT_THAT(Overdue(),
              ElementsAre("2026-09-04 3 已补办：已开箱或已回复", "2026-09-11 3 已补办：已开箱或已回复",
                          "2026-09-18 3 已补办：已开箱或已回复"));
  EXPECT_THAT(Openings(), ElementsAre("2026-09-18 2 missed", "2026-09-11 2 missed", "2026-09-04 2 missed"));
}

TEST_F(WhisperTest, OpenedOnItsDayNobodyIsToldAndAReportOfLaterSettles) {
  AdvanceTo(On(9, 4, 15));
  ASSERT_TRUE(Open({}).ok());
  AdvanceTo(On(9, 12, 9));
  EXPECT_THAT(Openings(), ElementsAre("2026-09-04 1"));
  EXPECT_THAT(Overdue(), IsEmpty());
  AdvanceTo(On(9, 13, 1));
  EXPECT_THAT(Overdue(), ElementsAre("2026-09-11 1"));
  ASSERT_TRUE(Open({}, On(9, 11, 16)).ok());
  EXPECT_THAT(Overdue(), ElementsAre("2026-09-11 3 迟报：已按时开箱"));
  EXPECT_THAT(Openings(), ElementsAre("2026-09-11 1 missed", "2026-09-04 1"));
}

TEST_F(WhisperTest, AClosureMovesTheDay) {
  AdvanceTo(On(9, 4, 9));
  v1::CreateClosureRequest close;
  close.set_parent(County());
  close.mutable_closure()->set_division(pair(0).county);
  close.mutable_closure()->set_first_day("2026-09-04");
  close.mutable_closure()->set_last_day("2026-09-08");
  close.mutable_closure()->set_reason("汛情");
  ASSERT_TRUE(clients().Call(&v1::ClosureService::Stub::CreateClosure, close).ok());
  v1::GetWhisperBoxRequest get;
  get.set_school(pair(0).school);
  auto box = clients().Call(&WhisperStub::GetWhisperBox, get);
  ASSERT_TRUE(box.ok()) << box.status();
  EXPECT_EQ(box->next_opening_day(), "2026-09-09");
  AdvanceTo(On(9, 11, 1));
  EXPECT_THAT(Openings(), ElementsAre("2026-09-09 3 missed"));
}

TEST_F(WhisperTest, ALetterIsAnsweredOrMissedOnce) {
  AdvanceTo(On(9, 4, 15));
  auto opened = Open({Letter("我想妈妈"), Letter("同桌欺负我")});
  ASSERT_TRUE(opened.ok()) << opened.status();
  ASSERT_EQ(opened->letters_size(), 2);
  EXPECT_EQ(opened->letters(0).text(), "");
  auto answered = Answer(opened->letters(0).name());
  ASSERT_TRUE(answered.ok()) << answered.status();
  EXPECT_EQ(answered->state(), v1::WHISPER_LETTER_STATE_ANSWERED);
  EXPECT_EQ(answered->answer(), "");
  EXPECT_EQ(Refused(Answer(opened->letters(0).name()).status()), "WHISPER_LETTER_ANSWERED");
  v1::DeleteWhisperBoxRequest remove;
  remove.set_school(pair(0).school);
  EXPECT_EQ(Refused(clients().Call(&WhisperStub::DeleteWhisperBox, remove).status()), "WHISPER_LETTERS_WAIT");
  AdvanceTo(On(9, 11, 10));
  ASSERT_TRUE(Open({}).ok());
  ASSERT_TRUE(province_->stack().Kill("pairing").ok());
  ASSERT_TRUE(province_->stack().clock().AdvanceTo(On(9, 12, 2)).ok());
  ASSERT_TRUE(province_->stack().Start("pairing").ok());
  ASSERT_TRUE(province_->Quiet().ok());
  EXPECT_THAT(Overdue(), ElementsAre("2026-09-04..2026-09-11 1"));
  answered = Answer(opened->letters(1).name());
  ASSERT_TRUE(answered.ok()) << answered.status();
  EXPECT_EQ(answered->state(), v1::WHISPER_LETTER_STATE_ANSWERED_LATE);
  EXPECT_THAT(Overdue(), ElementsAre("2026-09-04..2026-09-11 3 已补办：已开箱或已回复"));
  EXPECT_TRUE(clients().Call(&WhisperStub::DeleteWhisperBox, remove).ok());
}

TEST_F(WhisperTest, ALetterThatWorriesRaisesASignalWithoutItsWords) {
  AdvanceTo(On(9, 4, 15));
  ASSERT_TRUE(Open({Letter("绝密甲", pair(0).child, {v1::CONCERN_SAFETY}),
                    Letter("绝密乙", "", {v1::CONCERN_MOOD, v1::CONCERN_HEALTH})})
                  .ok());
  const auto alerts = Alerts(alerts::v1::ALERT_KIND_CONCERN);
  ASSERT_EQ(alerts.size(), 2u);
  int of_child = 0;
  for (const auto& alert : alerts) {
    EXPECT_EQ(alert.school(), pair(0).school);
    ASSERT_EQ(alert.marked_contacts_size(), 1);
    EXPECT_EQ(alert.marked_contacts(0).contact(), "");
    EXPECT_NE(alert.marked_contacts(0).letter().find("/whisperLetters/"), std::string::npos);
    EXPECT_EQ(alert.ShortDebugString().find("绝密"), std::string::npos);
    if (alert.child() == pair(0).child) {
      ++of_child;
      EXPECT_THAT(alert.marked_contacts(0).concerns(), ElementsAre(v1::CONCERN_SAFETY));
    } else {
      EXPECT_EQ(alert.child(), "");
      EXPECT_THAT(alert.marked_contacts(0).concerns(), ElementsAre(v1::CONCERN_MOOD, v1::CONCERN_HEALTH));
    }
  }
  EXPECT_EQ(of_child, 1);
  // The child's next contact with concerns is added to the same alert.
  v1::CreateContactRequest talk;
  talk.set_parent(County());
  talk.mutable_contact()->set_child(pair(0).child);
  talk.mutable_contact()->set_helper(pair(0).helper);
  talk.mutable_contact()->set_kind(v1::CONTACT_KIND_TALK);
  talk.mutable_contact()->add_concerns(v1::CONCERN_MOOD);
  clock::SetTime(On(9, 4, 14), talk.mutable_contact()->mutable_happen_time());
  ASSERT_TRUE(clients().Call(&v1::ContactService::Stub::CreateContact, talk).ok());
  ASSERT_TRUE(province_->Quiet().ok());
  EXPECT_EQ(Alerts(alerts::v1::ALERT_KIND_CONCERN).size(), 2u);
}

TEST_F(WhisperTest, TheHeadDoesNotKeepTheBoxAndNobodyButTheKeeperOpensIt) {
  ASSERT_NE(Head(), "");
  EXPECT_EQ(Refused(Put(Head()).status()), "WHISPER_KEEPER_IS_HEAD");
  std::string next;
  for (const auto& [name, post] : province_->posts()) {
    const bool other = post.holder() != Head() && post.holder() != keeper_;
    if (post.kind() == registry::v1::POST_KIND_CLASS_TEACHER && post.school() == pair(0).school && other)
      next = post.holder();
  }
  ASSERT_TRUE(Put(next).ok()) << next;
  EXPECT_EQ(Refused(Open({}).status()), "WHISPER_KEEPER_ANOTHER");
}

}  // namespace
}  // namespace tonghu::system_test
