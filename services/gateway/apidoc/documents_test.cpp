// The documents that the build wrote are whole: every method and event, every reference, every comment.
#include "services/gateway/apidoc/documents.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "absl/strings/match.h"
#include "services/gateway/app/schema.h"

namespace tonghu::apidoc {
namespace {

Json Read(const std::string& name) {
  std::ifstream file(std::string(TONGHU_API_DOCUMENTS) + "/" + name);
  return Json::parse(file, nullptr, /*allow_exceptions=*/false);
}

// Every "$ref" of a document.
void CollectRefs(const Json& json, std::set<std::string>& refs) {
  if (json.is_object() && json.contains("$ref")) refs.insert(json["$ref"]);
  for (const auto& one : json) {
    if (one.is_structured()) CollectRefs(one, refs);
  }
}

void ExpectRefsLeadSomewhere(const Json& document) {
  std::set<std::string> refs;
  CollectRefs(document, refs);
  EXPECT_GT(refs.size(), 10U);
  for (const std::string& ref : refs)
    EXPECT_TRUE(document.contains(Json::json_pointer(ref.substr(1)))) << ref;
}

TEST(OpenApiTest, EveryServedMethodIsThereAndNoOther) {
  const Json document = Read("openapi.json");
  ASSERT_TRUE(document.is_object());
  EXPECT_EQ(document["openapi"], "3.1.0");
  const auto schema = gateway::Schema::Load(TONGHU_DESCRIPTOR_SET, false);
  ASSERT_TRUE(schema.ok()) << schema.status();
  EXPECT_GT(document["paths"].size(), 40U);
  for (const auto& [path, item] : document["paths"].items()) {
    const std::string plain = absl::StartsWith(path, "/{service}") ? path.substr(10) : path;
    EXPECT_NE((*schema)->Find(plain), nullptr) << path;
    EXPECT_GT(item["post"]["description"].get<std::string>().size(), 5U) << path;
    EXPECT_FALSE(item["post"]["x-permission"].get<std::string>().empty()) << path;
  }
  EXPECT_TRUE(document["paths"].contains("/tonghu.pairing.v1.ContactService/CreateContact"));
  EXPECT_FALSE(document["paths"].contains("/tonghu.access.v1.SessionService/IssueIdentity"));
  ExpectRefsLeadSomewhere(document);
}

TEST(OpenApiTest, MessagesAreAsProtobufWritesThemInJson) {
  const Json schemas = Read("openapi.json")["components"]["schemas"];
  const Json& journal = schemas["tonghu.journal.v1.JournalStatus"];
  EXPECT_FALSE(journal["description"].get<std::string>().empty());
  const Json& alert = schemas["tonghu.alerts.v1.Alert"]["properties"];
  EXPECT_EQ(alert["name"]["type"], "string");
  EXPECT_FALSE(alert["name"]["description"].get<std::string>().empty());
}

TEST(AsyncApiTest, EveryEventHasItsSubject) {
  const Json document = Read("asyncapi.json");
  ASSERT_TRUE(document.is_object());
  EXPECT_EQ(document["asyncapi"], "3.0.0");
  for (const char* id :
       {"pairing.contact_logged", "alerts.alert_raised", "registry.child_put", "journal.operator_notice"})
    EXPECT_TRUE(document["channels"].contains(id)) << id;
  EXPECT_EQ(document["channels"]["pairing.contact_logged"]["address"],
            "tonghu.v1.pairing.{shard}.{county}.contact_logged");
  ExpectRefsLeadSomewhere(document);
}

TEST(PageTest, HasNoScriptAndNothingOfOthers) {
  std::ifstream file(TONGHU_API_DOCUMENTS "/index.html");
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_THAT(text.str(), testing::HasSubstr("CreateContact"));
  EXPECT_THAT(text.str(), testing::Not(testing::HasSubstr("<script")));
  EXPECT_THAT(text.str(), testing::Not(testing::HasSubstr("http://")));
  EXPECT_THAT(text.str(), testing::Not(testing::HasSubstr("style=")));
}

}  // namespace
}  // namespace tonghu::apidoc
