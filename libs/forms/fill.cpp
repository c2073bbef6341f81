#include "libs/forms/fill.h"

#include <fmt/format.h>
#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <fstream>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "libs/calendar/calendar.h"
#include "libs/clock/clock.h"
#include "libs/clock/duration.h"
#include "libs/clock/timestamp.h"
#include "libs/division/division.h"
#include "libs/forms/typed.h"
#include "libs/forms/words.h"
#include "libs/status/macros.h"

namespace tonghu::forms {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr size_t kMaxDocument = 1 << 20;
constexpr std::string_view kDayForm = "should be a day such as 2026-09-04";
constexpr std::string_view kBareCounty = "county";

const Descriptor& RequestOf(const Form& form) { return *MethodOf(form)->input_type(); }

std::string OptionOf(const Field& field) { return field.option().substr(0, field.option().find(',')); }

absl::Status Wrong(const Field& field, std::string_view what) {
  return UsageError(fmt::format("{} {}", OptionOf(field), what));
}

// A field to be set, and the message that has the field.
struct Place {
  Message* message;
  const FieldDescriptor* field;
};

// The place at the end of a path. Messages on the way are made, and repeated ones get one more element.
Place PlaceAt(Message* message, const std::string& path) {
  const auto along = Along(*message->GetDescriptor(), path);
  for (size_t i = 0; i + 1 < along.size(); ++i) {
    const auto* reflection = message->GetReflection();
    message = along[i]->is_repeated() ? reflection->AddMessage(message, along[i])
                                      : reflection->MutableMessage(message, along[i]);
  }
  return {message, along.back()};
}

void SetText(const Place& place, const std::string& text) {
  if (place.field->is_repeated()) {
    place.message->GetReflection()->AddString(place.message, place.field, text);
  } else {
    place.message->GetReflection()->SetString(place.message, place.field, text);
  }
}

// The message at the place; a repeated field gets one more.
template <class Value>
Value* MessageAt(const Place& place) {
  const auto* reflection = place.message->GetReflection();
  Message* value = place.field->is_repeated() ? reflection->AddMessage(place.message, place.field)
                                              : reflection->MutableMessage(place.message, place.field);
  return static_cast<Value*>(value);
}

std::string WordsOf(const google::protobuf::EnumDescriptor& type) {
  std::vector<std::string> words;
  for (const std::string& typed : TypedValues(type))
    words.push_back(fmt::format("{} {}", typed, Label(type, ParseValue(type, typed))));
  return absl::StrJoin(words, ", ");
}

// Fills in one form.
class Filler {
 public:
  Filler(const Form& form, const Answers& answers, Message* request)
      : form_(form), request_(request), typed_(answers.county), county_typed_(!answers.county.empty()) {}

  absl::Status Add(const Field& field, const std::string& text) {
    switch (field.input()) {
      case v1::INPUT_UNSPECIFIED:
        return Plain(field, text);
      case v1::INPUT_NAME:
        SetText(At(field), typed_.Name(OptionOf(field), field.collection(), text));
        return typed_.status();
      case v1::INPUT_DIVISION:
        return Division(field, text);
      case v1::INPUT_DAY:
        if (!calendar::ParseDay(text).ok()) return Wrong(field, kDayForm);
        SetText(At(field), text);
        return absl::OkStatus();
      case v1::INPUT_DAY_START:
      case v1::INPUT_DAY_END:
        return DayBound(field, text);
      case v1::INPUT_WEEKDAYS:
        return Weekdays(field, text);
      case v1::INPUT_CLASS:
        return Class(field, text);
      case v1::INPUT_RELATIVE:
        return Relative(field, text);
      case v1::INPUT_DOCUMENT:
        return Document(field, text);
      case v1::INPUT_NOTHING:
        if (text == "true") SetText(At(field), "");
        return absl::OkStatus();
      case v1::INPUT_WHO:
        return Who(field, text);
      case v1::INPUT_ASIDE:
      case v1::INPUT_SWITCH:
      case v1::INPUT_COUNT:
      case v1::INPUT_FILE:
      case v1::INPUT_COUNTY:
        return absl::OkStatus();
      default:
        return absl::InternalError("an input of no kind");
    }
  }

  // Sets the county, once all names are read: a full name says the county too.
  absl::Status County() {
    const std::string path = CountyPathOf(form_);
    if (path.empty()) return typed_.status();
    const Place place = PlaceAt(request_, path);
    const std::string own = place.message->GetReflection()->GetString(*place.message, place.field);
    if (own.empty()) {
      SetText(place, path == kBareCounty ? typed_.County() : typed_.Parent());
      return typed_.status();
    }
    // The parent may be a resource of the county, as the account of a grant is.
    if (county_typed_ && own != typed_.Parent() && own.rfind(typed_.Parent() + "/", 0) != 0)
      return UsageError(fmt::format("--county is {}, but the file is for {}", typed_.County(), own));
    return typed_.status();
  }

 private:
  Place At(const Field& field) {
    const Place place = PlaceAt(request_, field.path());
    if (!field.flag().empty()) {
      const auto* flag = place.message->GetDescriptor()->FindFieldByName(field.flag());
      place.message->GetReflection()->SetBool(place.message, flag, true);
    }
    return place;
  }

  absl::Status Plain(const Field& field, const std::string& text) {
    const Place place = At(field);
    const auto* reflection = place.message->GetReflection();
    switch (place.field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        SetText(place, text);
        return absl::OkStatus();
      case FieldDescriptor::CPPTYPE_BOOL:
        reflection->SetBool(place.message, place.field, text == "true");
        return absl::OkStatus();
      case FieldDescriptor::CPPTYPE_INT32: {
        int number = 0;
        if (!absl::SimpleAtoi(text, &number)) return Wrong(field, "should be a whole number");
        // The APIs have no negative numbers.
        if (number < 0) return Wrong(field, "should be 0 or more");
        reflection->SetInt32(place.message, place.field, number);
        return absl::OkStatus();
      }
      case FieldDescriptor::CPPTYPE_ENUM: {
        const int value = ParseValue(*place.field->enum_type(), text);
        if (value == 0) return Wrong(field, "should be one of " + WordsOf(*place.field->enum_type()));
        if (place.field->is_repeated()) {
          reflection->AddEnumValue(place.message, place.field, value);
        } else {
          reflection->SetEnumValue(place.message, place.field, value);
        }
        return absl::OkStatus();
      }
      default:
        return TimeOrDuration(field, place, text);
    }
  }

  absl::Status TimeOrDuration(const Field& field, const Place& place, const std::string& text) {
    const std::string& type = place.field->message_type()->full_name();
    absl::Status read = absl::InternalError("no text becomes a " + type);
    if (type == "google.protobuf.Timestamp") {
      const auto time = ParseTime(text);
      if (time.ok()) *MessageAt<google::protobuf::Timestamp>(place) = clock::ToTimestamp(*time);
      read = time.status();
    } else if (type == "google.protobuf.Duration") {
      const auto duration = ParseDuration(text);
      if (duration.ok()) *MessageAt<google::protobuf::Duration>(place) = clock::ToProto(*duration);
      read = duration.status();
    }
    return read.ok() ? read : Wrong(field, std::string(read.message()));
  }

  absl::Status Division(const Field& field, const std::string& text) {
    const bool is_code = division::LevelOf(text).ok() && (text.size() == 6 || text.size() == 9);
    SetText(At(field), is_code ? text : typed_.Name(OptionOf(field), "schools", text));
    return typed_.status();
  }

  absl::Status DayBound(const Field& field, const std::string& text) {
    const auto day = calendar::ParseDay(text);
    if (!day.ok()) return Wrong(field, kDayForm);
    // Both days are included; the APIs' ends are exclusive.
    const absl::CivilDay bound = field.input() == v1::INPUT_DAY_START ? *day : *day + 1;
    *MessageAt<google::protobuf::Timestamp>(At(field)) = clock::ToTimestamp(clock::StartOf(bound));
    return absl::OkStatus();
  }

  absl::Status Weekdays(const Field& field, const std::string& text) {
    const auto days = ParseHolidays(text);
    if (!days.ok()) return Wrong(field, std::string(days.status().message()));
    for (const std::string& day : *days) SetText(At(field), day);
    return absl::OkStatus();
  }

  absl::Status Class(const Field& field, const std::string& text) {
    // "3-1", or "1" where another option says the grade.
    const std::vector<std::string> parts = absl::StrSplit(text, '-');
    int grade = 0, number = 0;
    const bool good = parts.size() <= 2 && absl::SimpleAtoi(parts.back(), &number) && number > 0 &&
                      (parts.size() == 1 || (absl::SimpleAtoi(parts.front(), &grade) && grade > 0));
    if (!good) return Wrong(field, "should be a class, such as 3-1 for grade 3 class 1, or 1");
    const Place place = At(field);
    const auto* reflection = place.message->GetReflection();
    reflection->SetInt32(place.message, place.field, number);
    if (grade > 0)
      reflection->SetInt32(place.message, place.message->GetDescriptor()->FindFieldByName("grade"), grade);
    return absl::OkStatus();
  }

  absl::Status Relative(const Field& field, const std::string& text) {
    std::vector<std::string> parts = absl::StrSplit(text, ',');
    if (parts.size() < 2 || parts.size() > 4)
      return Wrong(field, "should be relation,name[,phone[,workplace]], such as 奶奶,王秀英,15400000000");
    Message* relative = MessageAt<Message>(At(field));
    const char* names[] = {"relation", "display_name", "phone", "workplace"};
    for (size_t i = 0; i < parts.size(); ++i) {
      absl::StripAsciiWhitespace(&parts[i]);
      SetText({relative, relative->GetDescriptor()->FindFieldByName(names[i])}, parts[i]);
    }
    return absl::OkStatus();
  }

  absl::Status Document(const Field& field, const std::string& path) {
    // One byte more than allowed is read: a file that is too large is known without reading all of it.
    std::ifstream file(path, std::ios::binary);
    std::string json(kMaxDocument + 1, '\0');
    if (file) file.read(json.data(), static_cast<std::streamsize>(json.size()));
    json.resize(static_cast<size_t>(file.gcount()));
    if (file.bad() || json.empty()) return UsageError(fmt::format("can't read the file {}", path));
    if (json.size() > kMaxDocument) return UsageError(fmt::format("{} is larger than 1 MiB", path));
    Message* document = MessageAt<Message>(At(field));
    const auto read = google::protobuf::util::JsonStringToMessage(json, document);
    if (read.ok()) return absl::OkStatus();
    return UsageError(
        fmt::format("{} is not as `show --json` prints it: {}", path, std::string(read.message())));
  }

  // Tells an identity number by its 18 characters, of which all but the last are digits.
  absl::Status Who(const Field& field, const std::string& text) {
    const auto digits = [](std::string_view part) {
      return !part.empty() && std::all_of(part.begin(), part.end(), absl::ascii_isdigit);
    };
    if (text.size() == 18 && digits(std::string_view(text).substr(0, 17))) {
      SetText(PlaceAt(request_, "identity_number"), text);
      return absl::OkStatus();
    }
    if (digits(std::string_view(text).substr(0, 1))) {
      Field in_class = field;
      in_class.set_path("class_number");
      if (text.find('-') == std::string::npos)
        return Wrong(field, "should be a name, a class such as 3-1, or an identity number of 18 characters");
      return Class(in_class, text);
    }
    SetText(PlaceAt(request_, "display_name_prefix"), text);
    return absl::OkStatus();
  }

  const Form& form_;
  Message* request_;
  Typed typed_;
  const bool county_typed_;
};

// Adds a typed field to the update mask, by its path below the message that is changed ("class_number" for
// "child.class_number"). False for the fields that say which child, and for those of the request itself.
bool AddToMask(const Field& field, const FieldDescriptor* mask, Message* request) {
  const size_t dot = field.path().find('.');
  if (dot == std::string::npos) return false;
  const std::string name = field.path().substr(dot + 1);
  if (name == "name" || name == "etag") return false;
  static_cast<google::protobuf::FieldMask*>(request->GetReflection()->MutableMessage(request, mask))
      ->add_paths(name);
  return true;
}

}  // namespace

absl::Status Fill(const Form& form, const Answers& answers, Message* request) {
  Filler filler(form, answers, request);
  const FieldDescriptor* mask = request->GetDescriptor()->FindFieldByName("update_mask");
  bool one = form.one_of().empty();
  for (const Field& field : form.fields()) {
    const auto typed = answers.typed.find(&field);
    if (typed == answers.typed.end()) continue;
    for (const std::string& text : typed->second) {
      RETURN_IF_ERROR(filler.Add(field, text));
    }
    one = one || field.one_of();
    // A request with an update mask changes what was typed and nothing else.
    if (mask != nullptr && AddToMask(field, mask, request)) one = true;
  }
  if (!one) return UsageError(form.one_of());
  return filler.County();
}

bool IsFlag(const Form& form, const Field& field) {
  if (field.input() == v1::INPUT_NOTHING || field.input() == v1::INPUT_SWITCH) return true;
  if (field.input() != v1::INPUT_UNSPECIFIED) return false;
  return Along(RequestOf(form), field.path()).back()->cpp_type() == FieldDescriptor::CPPTYPE_BOOL;
}

bool IsRepeated(const Form& form, const Field& field) {
  if (field.path().empty()) return false;
  for (const FieldDescriptor* step : Along(RequestOf(form), field.path())) {
    if (step->is_repeated()) return true;
  }
  return false;
}

std::string HelpOf(const Form& form, const Field& field) {
  if (field.input() != v1::INPUT_UNSPECIFIED) return field.what();
  const auto along = Along(RequestOf(form), field.path());
  if (along.empty() || along.back()->enum_type() == nullptr) return field.what();
  return fmt::format("{}: {}", field.what(), WordsOf(*along.back()->enum_type()));
}

}  // namespace tonghu::forms
