#include "base/json.h"

#include <doctest/doctest.h>

using namespace couvert;

static Result<Json> parse(std::string_view text) {
  return parse_json(text, {1000, 4});
}

TEST_CASE("JSON is read and written back") {
  const std::string text = R"({"a":[1,-2,true,null,"ü\n\"\\"],"b":{}})";
  const Result<Json> json = parse(text);
  REQUIRE(json.has_value());
  CHECK(json->write() == text);
  CHECK(*json->find("a")->array()->at(1).integer() == -2);
  CHECK(Json(std::string("\x01\x7f")).write() == "\"\\u0001\\u007f\"");
}

TEST_CASE("JSON that is not strict is refused") {
  for (const std::string& wrong :
       {std::string(""), std::string("{"), std::string("{} x"), std::string("[1,]"),
        std::string("{\"a\":1,\"a\":2}"), std::string("{\"a\":1,\"\\u0061\":2}"),
        std::string("1.5"), std::string("1e3"), std::string("9223372036854775808"),
        std::string("[[[[[1]]]]]"), std::string("\"\xff\""), std::string("\"\\ud800\""),
        std::string("// x\n1"), std::string("\xef\xbb\xbf{}"), std::string("NaN"),
        std::string("'a'"), std::string("01")}) {
    CAPTURE(wrong);
    CHECK(parse(wrong).error().code == ErrorCode::invalid);
  }
  CHECK(parse("[[[[1]]]]").has_value());
  CHECK(parse(std::string(1000, ' ').replace(0, 1, "1")).has_value());
  CHECK(parse(std::string(1001, ' ').replace(0, 1, "1")).error().code == ErrorCode::too_large);
}

TEST_CASE("an object gives its fields, within bounds, and no others") {
  const Json json = *parse(R"({"name":"anna","size":3,"flag":true,"list":[1],"none":null})");
  ObjectReader good(json);
  CHECK(good.string("name", 4) == "anna");
  CHECK(good.integer("size", 0, 3) == 3);
  CHECK(good.boolean("flag", false));
  CHECK(good.array("list", 1).size() == 1);
  CHECK_FALSE(good.optional_string("none", 10).has_value());
  CHECK(good.boolean("absent", true));
  CHECK(good.finish().has_value());

  const auto refuses = [&json](auto read) {
    ObjectReader fresh(json);
    read(fresh);
    return fresh.finish().error().code == ErrorCode::invalid;
  };
  CHECK(refuses([](ObjectReader& reader) { reader.string("name", 3); }));
  CHECK(refuses([](ObjectReader& reader) { reader.integer("size", 0, 2); }));
  CHECK(refuses([](ObjectReader& reader) { reader.integer("name", 0, 2); }));
  CHECK(refuses([](ObjectReader& reader) { reader.string("missing", 9); }));
  CHECK(refuses([](ObjectReader& reader) { reader.array("list", 0); }));
  CHECK(refuses([](ObjectReader& reader) { reader.string("name", 9); }));  // the others are unknown
}

TEST_CASE("a text with a zero byte is refused") {
  const Json json = *parse("{\"a\":\"x\\u0000y\"}");
  ObjectReader reader(json);
  reader.string("a", 10);
  CHECK(reader.finish().error().code == ErrorCode::invalid);
}

TEST_CASE("what is no object has no fields") {
  const Json json = *parse("[1]");
  ObjectReader reader(json);
  reader.optional_string("a", 10);
  CHECK(reader.finish().error().code == ErrorCode::invalid);
}

TEST_CASE("JSON has so many values, of every kind, and not one more") {
  const JsonLimits limits{4096, 8, 6};
  CHECK(parse_json(R"([1, [], {"a": "b"}, null])", limits));
  CHECK(parse_json(R"([1, [], {"a": "b"}, null, 2])", limits).error().code == ErrorCode::invalid);
  CHECK(parse_json("[" + std::string(2000, '[') + "]", limits).error().code == ErrorCode::invalid);
}
