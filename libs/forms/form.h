// Methods as people see them: what is filled in, and what is shown. Data only, for the command line and every
// other place where a person asks; forms_test.cpp holds them against the protos.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <string>
#include <string_view>
#include <vector>

namespace tonghu::forms {

// How what is typed becomes a field's value.
enum class Input {
  kPlain,     // by the field's type: text, a whole number, a flag, the word of an enumeration, a time, a
              // duration
  kName,      // a resource name of the field's collection, short or in full
  kDay,       // YYYY-MM-DD
  kDayStart,  // a time: when this day begins in China
  kDayEnd,    // a time: when this day is over in China
  kWeekdays,  // a day, or FIRST..LAST, of which weekdays are taken
  kClass,     // "3-1": grade and class (`grade` beside the field); "1": the class only
  kRelative,  // a person as "relation,name[,phone[,workplace]]"
  kDocument,  // a message from a file of protobuf's JSON
  kNothing,   // a flag: the field is there, and empty
  kWho,       // of a list of children: an identity number, a class, or the beginning of a name
  // No field of the request, for those who do more than the call: a text, a flag, a number from 0 on, a file
  // that exists, the county.
  kAside,
  kSwitch,
  kCount,
  kFile,
  kCounty,
};

struct Field {
  const char* path;  // in the request: "contact.happen_time"; a repeated message in it gets one more element
  const char* option;  // "--at", a positional "CHILD", or both
  const char* what;    // one sentence for the help
  Input input = Input::kPlain;
  const char* collection = "";  // of a name: "children"
  bool required = false;
  const char* usual = "";     // taken when nothing is typed
  const char* excludes = "";  // an option that may not be typed as well
  const char* flag = "";      // a field beside this one that becomes true
  bool one_of = false;        // of those one must be typed: Form::one_of

  Field Required(bool is = true) const { return With(&Field::required, is); }
  Field Usual(const char* text) const { return With(&Field::usual, text); }
  Field Excludes(const char* other) const { return With(&Field::excludes, other); }
  Field AndFlag(const char* beside) const { return With(&Field::flag, beside); }
  Field OneOf() const { return With(&Field::one_of, true); }

 private:
  template <class Member>
  Field With(Member Field::*member, Member value) const {
    Field changed = *this;
    changed.*member = value;
    return changed;
  }
};

// How a value is shown.
enum class Show {
  kPlain,   // by the field's type: text, number, yes or no, word, time, duration; repeated: one after another
  kId,      // a resource name's last part
  kNameOf,  // the display name of the resource, where it is known
  kLastContact,  // when the child was last spoken with, where that is known
  kMasked,       // the last four characters only
  kClass,        // grade and class of the message itself
  kRelative,     // a person on one line
  kCount,        // how many a repeated field has, in days
  kVersion,      // 0 is the built-in one
  kStep,         // counted from 1
  kRowNumber,    // of the table
  kOverOne,      // a number when it is more than 1
};

struct Column {
  const char* header;
  const char* path;  // in the row; "child|school": the first that is not empty; "": the row itself
  Show show = Show::kPlain;
  std::string (*text)(const google::protobuf::Message& row) =
      nullptr;  // instead of `show`, where it takes more
};

struct Table {
  const char* items;  // the answer's repeated field; "": the answer itself is the one row
  bool card = false;  // a line for each column that is not empty, instead of a row
  std::vector<Column> columns;
};

// The request's `parent`, paging, request id and update mask are no fields of a form: they follow from the
// county, the list's options and what was typed.
struct Form {
  const char* group;
  const char* verb;
  const char* method;  // "registry.v1.ChildService.GetChild", below package tonghu
  const char* what;    // one sentence
  const char* example;
  std::vector<Field> fields = {};
  std::vector<Table> tables = {};
  const char* summary = "";  // below the tables: "{#}" is the number of items, "{path}" a field
  const char* one_of =
      "";  // when no field that is one_of, or goes into an update mask, is typed: what to say
  // Instead of tables, where it takes more.
  std::string (*text)(const google::protobuf::Message& request,
                      const google::protobuf::Message& answer) = nullptr;
};

// A group of commands.
struct Group {
  const char* name;
  const char* what;
};

// Methods that have no form, and why.
struct WithoutForm {
  const char* method;
  const char* why;
};

const std::vector<Group>& Groups();
const std::vector<Form>& Forms();
const std::vector<WithoutForm>& MethodsWithoutForm();

// The form of "pair", "list"; nullptr when there is none.
const Form* FindForm(std::string_view group, std::string_view verb);

// Every API of the services; naming them here links them.
const std::vector<const google::protobuf::FileDescriptor*>& Apis();

// nullptr when no API has it.
const google::protobuf::MethodDescriptor* MethodOf(const Form& form);

// Where the request has "counties/520521": "parent", or that of the message in it; else "county", where it
// has the bare county; empty when nowhere.
std::string CountyPathOf(const Form& form);

// Whether the answer comes in pages.
bool IsPaged(const Form& form);

// The fields along a path; empty when there is no such path. Stepping into a repeated field means its
// elements.
std::vector<const google::protobuf::FieldDescriptor*> Along(const google::protobuf::Descriptor& type,
                                                            const std::string& path);

}  // namespace tonghu::forms
