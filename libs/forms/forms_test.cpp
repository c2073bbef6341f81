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
#include "libs/forms/texts.h"
#include "libs/forms/words.h"

namespace tonghu::forms {
namespace {

std::string Called(const Form& form) { return absl::StrCat(form.group(), " ", form.verb()); }

// The paths of a column, or those in the braces of a pattern.
std::vector<std::string> PathsIn(const std::string& text) {
  if (text.empty()) return {};
  if (text.find('{') == std::string::npos) return absl::StrSplit(text, '|');
  std::vector<std::string> paths;
  for (const std::string& part : std::vector<std::string>(absl::StrSplit(text, '{'))) {
    if (const size_t close = part.find('}'); close != std::string::npos)
      paths.push_back(part.substr(0, close));
  }
  return paths;
}

TEST(FormsTest, EveryMethodHasAFormOrAReason) {
  std::multiset<std::string> known;
  for (const Form& form : Forms().forms()) known.insert(form.method());
  for (const v1::WithoutForm& method : Forms().without_form()) {
    EXPECT_EQ(known.count(method.method()), 0u) << method.method() << " has both";
    known.insert(method.method());
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
  for (const v1::Group& group : Forms().groups()) groups.insert(group.name());
  for (const Form& form : Forms().forms()) {
    EXPECT_TRUE(groups.contains(form.group())) << Called(form);
    EXPECT_TRUE(called.insert(Called(form)).second) << Called(form);
    EXPECT_TRUE(absl::StartsWith(form.example(), Called(form))) << Called(form);
    EXPECT_TRUE(FindAnswerText(form.text()) != nullptr || !form.tables().empty() || !form.summary().empty())
        << Called(form) << " shows nothing";
  }
}

TEST(FormsTest, EveryFieldIsOneOfTheRequest) {
  for (const Form& form : Forms().forms()) {
    ASSERT_NE(MethodOf(form), nullptr) << form.method();
    const auto& request = *MethodOf(form)->input_type();
    std::set<std::string> options;
    for (const Field& field : form.fields()) {
      EXPECT_TRUE(options.insert(field.option()).second) << Called(form) << " has two " << field.option();
      const bool names_collection = !field.collection().empty();
      EXPECT_EQ(names_collection, field.input() == v1::INPUT_NAME) << Called(form) << " " << field.option();
      EXPECT_TRUE(field.excludes().empty() || options.contains(field.excludes())) << field.excludes();
      if (field.input() == v1::INPUT_WHO) {
        for (const char* path : {"identity_number", "class_number", "grade", "display_name_prefix"}) {
          EXPECT_NE(request.FindFieldByName(path), nullptr) << path;
        }
        continue;
      }
      const auto along = Along(request, field.path());
      ASSERT_FALSE(along.empty()) << Called(form) << ": " << field.path();
      if (!field.flag().empty()) {
        EXPECT_NE(along.back()->containing_type()->FindFieldByName(field.flag()), nullptr) << field.flag();
      }
      if (field.input() == v1::INPUT_CLASS) {
        EXPECT_NE(along.back()->containing_type()->FindFieldByName("grade"), nullptr) << field.path();
      }
    }
  }
}

// Filters that a list has and nobody can type would be useless.
TEST(FormsTest, EveryFieldOfARequestCanBeTyped) {
  const std::set<std::string> not_typed = {"parent", "page_size", "page_token", "request_id", "update_mask"};
  std::map<std::string, std::set<std::string>> typed;  // by method, over all its forms
  for (const Form& form : Forms().forms()) {
    for (const Field& field : form.fields()) {
      typed[form.method()].insert(std::vector<std::string>(absl::StrSplit(field.path(), '.')).front());
      if (!field.flag().empty()) typed[form.method()].insert(field.flag());
      if (field.input() == v1::INPUT_WHO) typed[form.method()].insert("identity_number");
    }
  }
  for (const Form& form : Forms().forms()) {
    const auto& request = *MethodOf(form)->input_type();
    for (int i = 0; i < request.field_count(); ++i) {
      const std::string& name = request.field(i)->name();
      EXPECT_TRUE(not_typed.contains(name) || typed[form.method()].contains(name))
          << form.method() << ": " << name;
    }
  }
}

TEST(FormsTest, EveryColumnIsOneOfTheAnswer) {
  for (const Form& form : Forms().forms()) {
    const google::protobuf::Descriptor* answer = MethodOf(form)->output_type();
    for (const Table& table : form.tables()) {
      const google::protobuf::Descriptor* row = answer;
      if (!table.items().empty()) {
        ASSERT_NE(answer->FindFieldByName(table.items()), nullptr) << Called(form) << ": " << table.items();
        row = answer->FindFieldByName(table.items())->message_type();
      }
      for (const Column& column : table.columns()) {
        EXPECT_EQ(column.text().empty(), FindCellText(column.text()) == nullptr) << column.text();
        for (const std::string& path : PathsIn(column.path()))
          EXPECT_FALSE(Along(*row, path).empty()) << Called(form) << ": " << path;
      }
    }
    if (form.summary().find('{') == std::string::npos) continue;
    for (const std::string& name : PathsIn(form.summary())) {
      const bool known = name == "#" || !Along(*answer, name).empty() ||
                         answer->file()->pool()->FindEnumTypeByName(name) != nullptr;
      EXPECT_TRUE(known) << Called(form) << ": " << name;
    }
  }
}

// What is shared must be there: a name written wrong would leave a table or a form empty.
TEST(FormsTest, LayoutsAndFieldsOfOthersArePutIn) {
  for (const Form& form : Forms().forms()) {
    for (const Table& table : form.tables()) EXPECT_FALSE(table.columns().empty()) << Called(form);
  }
  const Form& update = *FindForm("child", "update");
  EXPECT_EQ(update.fields().size(), 2 + FindForm("child", "add")->fields().size());
  for (const Field& field : update.fields()) EXPECT_EQ(field.required(), field.option() == "CHILD");
  EXPECT_TRUE(ReadForms("forms { verb: ").forms().empty());
}

TEST(FormsTest, WhatIsTakenWhenNothingIsTypedCanBeTyped) {
  for (const Form& form : Forms().forms()) {
    for (const Field& field : form.fields()) {
      if (field.usual().empty()) continue;
      std::unique_ptr<google::protobuf::Message> request(google::protobuf::MessageFactory::generated_factory()
                                                             ->GetPrototype(MethodOf(form)->input_type())
                                                             ->New());
      Form one;
      one.set_method(form.method());
      *one.add_fields() = field;
      EXPECT_TRUE(Fill(one, {"520521", {{&one.fields(0), {field.usual()}}}}, request.get()).ok())
          << field.usual();
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
