// What a child writes into a whisper box: in no answer but the keeper's, in no event on its way, in no log.
#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/escaping.h"
#include "libs/postgres/connection.h"
#include "libs/refusal/refusal.h"
#include "tests/system/every_method.h"

namespace tonghu::system_test {
namespace {

class WhisperWordsTest : public EveryMethodTest {
 protected:
  // Where a text is: the tables of all services that hold it, also within bytes ("pairing.contact"), and the
  // files of the stack but PostgreSQL's own.
  static std::vector<std::string> Holding(const std::string& text) {
    std::vector<std::string> holding;
    for (const char* service : {"registry", "pairing", "alerts", "reporting", "access"}) {
      auto db = postgres::Connection::Open(stack().Conninfo(absl::StrCat("tonghu_", service)));
      if (!db.ok()) continue;  // a stack may run without a service
      auto tables =
          (*db)->Run("SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1");
      EXPECT_TRUE(tables.ok()) << tables.status();
      if (!tables.ok()) continue;
      for (int i = 0; i < tables->rows(); ++i) {
        const std::string table(tables->Text(i, 0));
        auto found =
            (*db)->Run(absl::StrCat("SELECT count(*) FROM ", table,
                                    " t WHERE position($1 in t::text) > 0 OR position($2 in t::text) > 0"),
                       postgres::Params().Text(text).Text(absl::BytesToHexString(text)));
        EXPECT_TRUE(found.ok()) << table << ": " << found.status();
        if (found.ok() && found->Int(0, 0) > 0) holding.push_back(absl::StrCat(service, ".", table));
      }
    }
    int files = 0;
    std::filesystem::recursive_directory_iterator at(stack().state()), end;
    for (; at != end; ++at) {
      if (at->is_directory() && std::filesystem::exists(at->path() / "PG_VERSION"))
        at.disable_recursion_pending();
      if (!at->is_regular_file()) continue;
      std::ifstream file(at->path(), std::ios::binary);
      const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
      ++files;
      if (bytes.find(text) != std::string::npos) holding.push_back(at->path().string());
    }
    EXPECT_GT(files, 10) << "logs and the bus have files";
    return holding;
  }
};

// What a letter says is in no answer but the keeper's, in no event on its way, and in no log.
TEST_F(WhisperWordsTest, ALettersWordsAreItsKeepersAlone) {
  Subject keeper{
      "keeper", {Role::kWhisperKeeper, {.county = kCounty, .school_id = "S1"}}, Level::kSchool, "12"};
  keeper.staff_member = Kept("teacher1");
  const MethodDescriptor& read = *calls().Find("pairing.WhisperService.GetWhisperLetter");
  const json letter = {{"name", Kept("letter1")}};
  const Answer words = CallAs(keeper, read, letter);
  ASSERT_TRUE(words.status.ok()) << words.status;
  EXPECT_EQ(words.body["text"], kWhispered);
  EXPECT_EQ(words.body["child"], Kept("child1"));
  Subject another = keeper;
  another.staff_member = Kept("teacher3");
  EXPECT_EQ(refusal::Of(CallAs(another, read, letter).status).reason, "WHISPER_KEEPER_ANOTHER");
  EXPECT_EQ(refusal::Of(Call(read, letter, "operators/local", {}).status).reason, "NOT_PERMITTED");

  const auto silent = [&](const Answer& answer, const std::string& what) {
    EXPECT_EQ(answer.body.dump().find(kWhispered), std::string::npos) << what;
    EXPECT_EQ(answer.status.ToString().find(kWhispered), std::string::npos) << what;
  };
  int asked = 0;
  for (const MethodDescriptor* method : calls().methods()) {
    if (!Runs(NamedCalls::ServiceOf(*method)) || RuleOf(*method).kind() != api::v1::METHOD_KIND_QUERY ||
        method->server_streaming())
      continue;
    const json request = RequestOf(*method);
    for (const Subject& subject : Subjects())
      silent(CallAs(subject, *method, request), Short(*method) + " by " + subject.name);
    silent(Call(*method, request, "operators/local", {}), Short(*method));
    ++asked;
  }
  EXPECT_GT(asked, 20);
  // The tables of all services but the letters' own, and the files of the bus and the logs.
  EXPECT_EQ(Holding(kWhispered), std::vector<std::string>{"pairing.whisper_letter"});
}

}  // namespace
}  // namespace tonghu::system_test
