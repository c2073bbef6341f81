#include "services/registry/domain/child_match.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/registry/domain/testing/girl.h"

namespace tonghu::registry {
namespace {

Child Known(Dossier dossier, std::string id) {
  Child child;
  child.county = "520324";
  child.id = std::move(id);
  child.dossier = std::move(dossier);
  return child;
}

Dossier Unnumbered() {
  Dossier girl = Girl();
  girl.identity_number = "";
  return girl;
}

// The ids of the children that the rows mean; "new", or "?" when it can't be told.
std::vector<std::string> Meant(const std::vector<Dossier>& rows, const std::vector<Child>& known) {
  std::vector<const Dossier*> dossiers;
  std::vector<const Child*> children;
  for (const Dossier& row : rows) dossiers.push_back(&row);
  for (const Child& child : known) children.push_back(&child);
  std::vector<std::string> meant;
  for (const Match& match : MatchChildren(dossiers, children)) {
    meant.push_back(!match.faults.empty() ? "?" : match.child == nullptr ? "new" : match.child->id);
  }
  return meant;
}

using testing::ElementsAre;

TEST(MatchTest, NothingKnownMeansNew) {
  EXPECT_THAT(Meant({Girl(), Unnumbered()}, {}), ElementsAre("new", "new"));
}

TEST(MatchTest, ByNumberWhateverElseChanged) {
  Dossier moved = Girl();
  moved.display_name = "安悦";
  moved.school_id = "2152990009";
  EXPECT_THAT(Meant({moved}, {Known(Girl(), "a")}), ElementsAre("a"));
}

TEST(MatchTest, ANumberIssuedSinceIsTheSameChild) {
  EXPECT_THAT(Meant({Girl()}, {Known(Unnumbered(), "a")}), ElementsAre("a"));
  Dossier other = Unnumbered();
  other.birth = *other.birth + 1;
  EXPECT_THAT(Meant({Girl()}, {Known(other, "a")}), ElementsAre("new"))
      << "another birth date is another child";
}

TEST(MatchTest, ARowWithoutNumberMeansTheChildOfThatNameInTheClass) {
  EXPECT_THAT(Meant({Unnumbered()}, {Known(Unnumbered(), "a")}), ElementsAre("a"));
  EXPECT_THAT(Meant({Unnumbered()}, {Known(Girl(), "a")}), ElementsAre("a"));
  Dossier corrected = Unnumbered();
  corrected.birth = *corrected.birth + 1;
  EXPECT_THAT(Meant({corrected}, {Known(Unnumbered(), "a")}), ElementsAre("a")) << "a corrected birth date";
  Dossier elsewhere = Unnumbered();
  elsewhere.class_number = 2;
  EXPECT_THAT(Meant({elsewhere}, {Known(Unnumbered(), "a")}), ElementsAre("new"));
}

TEST(MatchTest, NamesakesInAClass) {
  // One with, one without a number: the same file again means the same two.
  const std::vector<Dossier> rows = {Girl(), Unnumbered()};
  EXPECT_THAT(Meant(rows, {Known(Unnumbered(), "b"), Known(Girl(), "a")}), ElementsAre("a", "b"));
  Dossier later = Unnumbered();
  later.birth = *later.birth + 9;
  EXPECT_THAT(Meant({later}, {Known(Unnumbered(), "a"), Known(later, "b")}), ElementsAre("b"))
      << "the birth date decides";
  later.birth = *later.birth + 9;
  EXPECT_THAT(Meant({later}, {Known(Unnumbered(), "a"), Known(Unnumbered(), "b")}), ElementsAre("?"));
  EXPECT_THAT(Meant({Unnumbered()}, {Known(Unnumbered(), "a"), Known(Unnumbered(), "b")}), ElementsAre("?"));
}

TEST(MatchTest, NoChildIsMeantTwice) {
  Dossier second = Girl(4);
  EXPECT_THAT(Meant({Girl(2), second}, {Known(Unnumbered(), "a")}), ElementsAre("a", "new"));
}

}  // namespace
}  // namespace tonghu::registry
