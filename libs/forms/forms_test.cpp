// The forms agree with the protos, and no method is forgotten.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/forms/fill.h"
#include "libs/forms/form.h"
#include "libs/forms/words.h"

namespace tonghu::forms {
namespace {

std::string Called(const Form& form) { return absl::StrCat(form.group, " ", form.verb); }

TEST(FormsTest, EveryMethodHasAFormOrAReason) {
  std::multiset<std::string> known;
  for (const Form& form : Forms()) known.insert(form.method);
  for (const WithoutForm& method : MethodsWithoutForm()) {
    EXPECT_EQ(known.count(method.method), 0u) << method.method << " has both";
    known.insert(method.method);
  }
  std::set<std::string> methods;
  for (const auto* file : Apis()) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        const std::string name =
            file->service(s)->method(m)->full_name().substr(std::string("tonghu.").size());
        methods.insert(name);
        EXPECT_GT(known.count(name), 0u) << name << " has neither a form nor a reason";
      }
    }
  }
  for (const std::string& name : known) EXPECT_TRUE(methods.contains(name)) << "there is no " << name;
}

TEST(FormsTest, EveryFormHasAGroupAndANameOfItsOwn) {
  std::set<std::string> groups, called;
  for (const Group& group : Groups()) groups.insert(group.name);
  for (const Form& form : Forms()) {
    EXPECT_TRUE(groups.contains(form.group)) << Called(form);
    EXPECT_TRUE(called.insert(Called(form)).second) << Called(form);
    EXPECT_TRUE(absl::StartsWith(form.example, Called(form))) << Called(form);
    EXPECT_TRUE(form.text != nullptr || !form.tables.empty() || *form.summary != '\0')
        << Called(form) << " shows nothing";
  }
}

TEST(FormsTest, EveryFieldIsOneOfTheRequest) {
  for (const Form& form : Forms()) {
    ASSERT_NE(MethodOf(form), nullptr) << form.method;
    const auto& request = *MethodOf(form)->input_type();
    std::set<std::string> options;
    for (const Field& field : form.fields) {
      EXPECT_TRUE(options.insert(field.option).second) << Called(form) << " has two " << field.option;
      const bool names_collection = *field.collection != '\0';
      EXPECT_EQ(names_collection, field.input == Input::kName) << Called(form) << " " << field.option;
      EXPECT_TRUE(*field.excludes == '\0' || options.contains(field.excludes)) << field.excludes;
      if (field.input == Input::kWho) {
        for (const char* path : {"identity_number", "class_number", "grade", "display_name_prefix"}) {
          EXPECT_NE(request.FindFieldByName(path), nullptr) << path;
        }
        continue;
      }
      const auto along = Along(request, field.path);
      ASSERT_FALSE(along.empty()) << Called(form) << ": " << field.path;
      if (*field.flag != '\0') {
        EXPECT_NE(along.back()->containing_type()->FindFieldByName(field.flag), nullptr) << field.flag;
      }
      if (field.input == Input::kClass) {
        EXPECT_NE(along.back()->containing_type()->FindFieldByName("grade"), nullptr) << field.path;
      }
    }
  }
}

// Filters that a list has and nobody can type would be useless.
TEST(FormsTest, EveryFieldOfARequestCanBeTyped) {
  const std::set<std::string> not_typed = {"parent", "page_size", "page_token", "request_id", "update_mask"};
  std::map<std::string, std::set<std::string>> typed;  // by method, over all its forms
  for (const Form& form : Forms()) {
    for (const Field& field : form.fields) {
      typed[form.method].insert(std::vector<std::string>(absl::StrSplit(field.path, '.')).front());
      if (field.input == Input::kWho) typed[form.method].insert("identity_number");
    }
  }
  for (const Form& form : Forms()) {
    const auto& request = *MethodOf(form)->input_type();
    for (int i = 0; i < request.field_count(); ++i) {
      const std::string& name = request.field(i)->name();
      EXPECT_TRUE(not_typed.contains(name) || typed[form.method].contains(name))
          << form.method << ": " << name;
    }
  }
}

TEST(FormsTest, EveryColumnIsOneOfTheAnswer) {
  for (const Form& form : Forms()) {
    const google::protobuf::Descriptor* answer = MethodOf(form)->output_type();
    for (const Table& table : form.tables) {
      const google::protobuf::Descriptor* row = answer;
      if (*table.items != '\0') {
        ASSERT_NE(answer->FindFieldByName(table.items), nullptr) << Called(form) << ": " << table.items;
        row = answer->FindFieldByName(table.items)->message_type();
      }
      for (const Column& column : table.columns) {
        if (*column.path == '\0') continue;
        for (const std::string& path : std::vector<std::string>(absl::StrSplit(column.path, '|')))
          EXPECT_FALSE(Along(*row, path).empty()) << Called(form) << ": " << path;
      }
    }
    for (const std::string& part : std::vector<std::string>(absl::StrSplit(form.summary, '{'))) {
      const size_t close = part.find('}');
      if (close == std::string::npos || part.substr(0, close) == "#") continue;
      EXPECT_FALSE(Along(*answer, part.substr(0, close)).empty()) << Called(form) << ": " << part;
    }
  }
}

TEST(FormsTest, WhatIsTakenWhenNothingIsTypedCanBeTyped) {
  for (const Form& form : Forms()) {
    for (const Field& field : form.fields) {
      if (*field.usual == '\0') continue;
      std::unique_ptr<google::protobuf::Message> request(google::protobuf::MessageFactory::generated_factory()
                                                             ->GetPrototype(MethodOf(form)->input_type())
                                                             ->New());
      const Form one = {.method = form.method, .fields = {field}};
      EXPECT_TRUE(Fill(one, {"520521", {{&one.fields[0], {field.usual}}}}, request.get()).ok())
          << field.usual;
    }
  }
}

// A value added to a proto must get its words.
TEST(FormsTest, EveryWordIsChinese) {
  for (const auto* file : Apis()) {
    for (int d = 0; d <= file->dependency_count(); ++d) {
      const auto* of = d == 0 ? file : file->dependency(d - 1);
      if (!absl::StartsWith(of->package(), "tonghu.")) continue;
      for (int e = 0; e < of->enum_type_count(); ++e) {
        const auto& type = *of->enum_type(e);
        if (absl::StartsWith(of->package(), "tonghu.api.")) continue;  // no officer reads them
        if (type.name() == "RosterKind" || type.name() == "OperatorMatter") continue;  // shown in other words
        std::set<std::string> labels;
        for (int v = 1; v < type.value_count(); ++v) {
          const std::string label = Label(type, type.value(v)->number());
          EXPECT_NE(label, type.value(v)->name());
          EXPECT_TRUE(labels.insert(label).second) << label << " could be read as either";
          EXPECT_EQ(ParseValue(type, label), type.value(v)->number());
        }
      }
    }
  }
}

}  // namespace
}  // namespace tonghu::forms
