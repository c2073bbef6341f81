#include "services/tonghuctl/contacts_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/forms/typed.h"
#include "libs/ids/ids.h"

namespace tonghu::tonghuctl {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ContactsFileTest, ReadsEnglishAndChineseColumns) {
  const auto english =
      ParseContacts("child,helper,kind,at,note\na1,t1,talk,2026-09-04 15:30,\"好, 很好\"\n", "520521");
  const auto chinese = ParseContacts(
      "\xef\xbb\xbf时间,方式,工号,儿童编号,备注\n2026-09-04 15:30,谈心,t1,a1,\"好, 很好\"\n", "520521");
  ASSERT_TRUE(english.ok() && chinese.ok()) << english.status() << chinese.status();
  ASSERT_EQ(english->rows.size(), 1u);
  const auto& contact = english->rows[0].request.contact();
  EXPECT_EQ(english->rows[0].row, 2);
  EXPECT_EQ(contact.child(), "counties/520521/children/a1");
  EXPECT_EQ(contact.helper(), "counties/520521/staffMembers/t1");
  EXPECT_EQ(contact.kind(), pairing::v1::CONTACT_KIND_TALK);
  EXPECT_EQ(forms::TimeText(contact.happen_time()), "2026-09-04 15:30");
  EXPECT_EQ(contact.note(), "好, 很好");
  ASSERT_EQ(chinese->rows.size(), 1u);
  EXPECT_EQ(english->rows[0].request.SerializeAsString(), chinese->rows[0].request.SerializeAsString());
}

TEST(ContactsFileTest, TheSameRowHasTheSameRequestIdAndOthersHaveOthers) {
  const auto file = ParseContacts(
      "child,helper,kind,at\na,t,talk,2026-09-04 15:30\na,t,talk,2026-09-04 15:30\na,t,home_visit,2026-09-04 "
      "15:30\na,t,talk,2026-09-04 15:31\n",
      "520521");
  ASSERT_TRUE(file.ok()) << file.status();
  ASSERT_EQ(file->rows.size(), 4u);
  const auto id = [&](size_t i) { return file->rows[i].request.request_id(); };
  EXPECT_TRUE(ids::IsUuid(id(0)));
  EXPECT_EQ(id(0), id(1));
  EXPECT_NE(id(0), id(2));
  EXPECT_NE(id(0), id(3));
}

TEST(ContactsFileTest, NamesRowAndColumnOfEveryError) {
  const auto file = ParseContacts(
      "child,helper,kind,at\na*,t,talk,2026-09-04 15:30\n\na,t,chat,noon\na,t,talk,2026-09-04 15:30\n",
      "520521");
  ASSERT_TRUE(file.ok()) << file.status();
  std::vector<std::string> found;
  for (const auto& error : file->errors) found.push_back(std::to_string(error.row()) + error.column());
  EXPECT_THAT(found, ElementsAre("2child", "4kind", "4at"));
  EXPECT_EQ(file->rows.size(), 1u);
}

TEST(ContactsFileTest, MarksMayBeGiven) {
  const auto file = ParseContacts(
      "child,helper,kind,at,mood,concerns\na,t,talk,2026-09-04 15:30,低落,情绪、 "
      "人身安全\na,t,talk,2026-09-04 "
      "15:30,,\na,t,talk,2026-09-04 15:30,高兴,\na,t,talk,2026-09-04 15:30,,情绪、天气\n",
      "520521");
  ASSERT_TRUE(file.ok()) << file.status();
  ASSERT_EQ(file->rows.size(), 2u);
  const auto& marked = file->rows[0].request.contact();
  EXPECT_EQ(marked.mood(), pairing::v1::MOOD_LOW);
  EXPECT_THAT(marked.concerns(), ElementsAre(pairing::v1::CONCERN_MOOD, pairing::v1::CONCERN_SAFETY));
  EXPECT_EQ(file->rows[1].request.contact().mood(), pairing::v1::MOOD_UNSPECIFIED);
  std::vector<std::string> found;
  for (const auto& error : file->errors) found.push_back(std::to_string(error.row()) + error.column());
  EXPECT_THAT(found, ElementsAre("4mood", "5concerns"));
}

TEST(ContactsFileTest, WithoutCountyOnlyFullNames) {
  const auto file = ParseContacts(
      "child,helper,kind,at\ncounties/520521/children/a,counties/520521/staffMembers/t,talk,2026-09-04 "
      "15:30\nb,t,talk,2026-09-04 15:30\n",
      "");
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->rows.size(), 1u);
  EXPECT_EQ(file->errors.size(), 2u);
}

TEST(ContactsFileTest, AMissingOrUnknownColumnIsAnError) {
  EXPECT_FALSE(ParseContacts("child,helper,kind,at,nota\na,t,talk,2026-09-04 15:30,well\n", "520521").ok());
  EXPECT_FALSE(ParseContacts("child,helper,kind\na,t,talk\n", "520521").ok());
  EXPECT_FALSE(ParseContacts("", "520521").ok());
}

TEST(ContactsFileTest, BatchesAreBoundedByRowsAndBytes) {
  std::vector<ContactRow> rows(5);
  for (auto& row : rows) row.request.mutable_contact()->set_note(std::string(100, 'x'));
  EXPECT_THAT(BatchEnds(rows, 2, 1 << 20), ElementsAre(2, 4, 5));
  EXPECT_THAT(BatchEnds(rows, 1000, 250), ElementsAre(2, 4, 5));
  EXPECT_THAT(BatchEnds(rows, 1000, 10), ElementsAre(1, 2, 3, 4, 5))
      << "a row larger than a batch goes alone";
  EXPECT_THAT(BatchEnds(rows, 1000, 1 << 20), ElementsAre(5));
  EXPECT_THAT(BatchEnds({}, 1000, 1), IsEmpty());
}

}  // namespace
}  // namespace tonghu::tonghuctl
