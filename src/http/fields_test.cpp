#include <doctest/doctest.h>

#include "domain/network.h"
#include "http/api_input.h"
#include "http/conditions.h"
#include "http/cookies.h"
#include "http/disposition.h"
#include "http/ranges.h"
#include "http/tus_headers.h"

using namespace couvert;

TEST_CASE("a range is understood, and everything odd means the whole") {
  const auto range = [](std::string_view text) { return read_range(text, 1000); };
  CHECK(range("bytes=0-0") == RangeAnswer(ByteRange{0, 1, false}));
  CHECK(range("bytes=0-999") == RangeAnswer(ByteRange{0, 1000, false}));
  CHECK(range("bytes=990-2000") == RangeAnswer(ByteRange{990, 10, false}));
  CHECK(range("bytes=10-") == RangeAnswer(ByteRange{10, 990, true}));
  CHECK(range("BYTES=10-19") == RangeAnswer(ByteRange{10, 10, false}));
  CHECK(range("bytes=-10") == RangeAnswer(ByteRange{990, 10, false}));
  CHECK(range("bytes=-5000") == RangeAnswer(ByteRange{0, 1000, false}));
  CHECK(range("bytes=0-99999999999999999999") == RangeAnswer(ByteRange{0, 1000, false}));
  for (const char* past :
       {"bytes=1000-", "bytes=1000-1001", "bytes=-0", "bytes=99999999999999999999-"}) {
    CAPTURE(past);
    CHECK(range(past) == RangeAnswer(NoRange{}));
  }
  for (const char* odd : {"", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-4",
                          "bytes=1-2,4-5", "bytes= 1-2", "bytes=1 -2", "byte=1-2", "lines=1-2",
                          "bytes=+1-2", "bytes=1--2", "bytes=--1", "bytes=0x1-2"}) {
    CAPTURE(odd);
    CHECK(range(odd) == RangeAnswer(WholeRange{}));
  }
  CHECK(read_range("bytes=0-", 0) == RangeAnswer(NoRange{}));
  CHECK(read_range("bytes=-1", 0) == RangeAnswer(NoRange{}));
}

TEST_CASE("If-Range holds for the very ETag alone") {
  CHECK(if_range_holds("\"abc\"", "abc"));
  CHECK(!if_range_holds("W/\"abc\"", "abc"));
  CHECK(!if_range_holds("abc", "abc"));
  CHECK(!if_range_holds("Sun, 06 Nov 1994 08:49:37 GMT", "abc"));
}

TEST_CASE("a list of ETags names one of them, and malformed text names none") {
  const auto strong = [](std::string_view list) {
    return names_etag(list, "a,b", Comparison::strong);
  };
  const auto weak = [](std::string_view list) { return names_etag(list, "a,b", Comparison::weak); };
  for (const char* list :
       {"\"a,b\"", "*", "\"x\", \"a,b\"", ",\"x\" ,, \"a,b\"\t, ", "W/\"x\",\"a,b\""}) {
    CAPTURE(list);
    CHECK(strong(list));
    CHECK(weak(list));
  }
  CHECK(weak("W/\"a,b\""));
  CHECK(!strong("W/\"a,b\""));
  for (const char* list : {"", "a,b", "\"a\"", "\"a,b", "\"a,b\" \"x\"", "\"x\", *", "w/\"a,b\"",
                           "\"a,b\", x", "W/", "\"A,B\""}) {
    CAPTURE(list);
    CHECK(!weak(list));
  }
}

TEST_CASE("conditions are asked in their order") {
  const auto status = [](const Fields& fields) { return conditional_status(fields, "abc"); };
  CHECK(status({}) == 200);
  CHECK(status({{"if-match", "\"abc\""}}) == 200);
  CHECK(status({{"if-match", "*"}}) == 200);
  CHECK(status({{"if-match", "\"other\""}}) == 412);
  CHECK(status({{"if-none-match", "W/\"abc\""}}) == 304);
  CHECK(status({{"if-none-match", "\"other\""}}) == 200);
  CHECK(status({{"if-match", "\"other\""}, {"if-none-match", "\"abc\""}}) == 412);
  CHECK(status({{"if-match", "\"abc\""}, {"if-none-match", "\"abc\""}}) == 304);
  CHECK(status({{"if-modified-since", "Sun, 06 Nov 2044 08:49:37 GMT"}}) == 200);
}

TEST_CASE("a cookie is found among others, and one that stands there twice is none") {
  const Fields fields = {{"cookie", "a=1; __Host-session=xyz; b="}, {"cookie", "c=3"}};
  CHECK(find_cookie(fields, "__Host-session") == "xyz");
  CHECK(find_cookie(fields, "b") == "");
  CHECK(find_cookie(fields, "c") == "3");
  CHECK(!find_cookie(fields, "d"));
  CHECK(!find_cookie({{"cookie", "a=1; a=1"}}, "a"));
  CHECK(has_own_cookie(fields));
  CHECK(has_own_cookie({{"cookie", "__Host-r-abc=1"}}));
  CHECK(!has_own_cookie({{"cookie", "session=1"}}));
}

TEST_CASE("a cookie is set for this host alone, out of reach for scripts") {
  CHECK(set_cookie("__Host-session", "x", std::chrono::seconds(60)).second ==
        "__Host-session=x; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=60");
}

TEST_CASE("tus numbers have one spelling") {
  CHECK(read_tus_number("0") == 0);
  CHECK(read_tus_number("4611686018427387903") == 4611686018427387903ULL);
  for (const char* bad : {"", "00", "01", "-1", "+1", " 1", "1 ", "1.0", "0x1",
                          "99999999999999999999x", "099999999999999999999"}) {
    CAPTURE(bad);
    CHECK(read_tus_number(bad).error().code == ErrorCode::invalid);
  }
  for (const char* large : {"4611686018427387904", "99999999999999999999"}) {
    CAPTURE(large);
    CHECK(read_tus_number(large).error().code == ErrorCode::too_large);
  }
}

TEST_CASE("an upload's checksum names one of the algorithms and has its length") {
  const auto sha1 = read_upload_checksum("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=");
  REQUIRE(sha1);
  CHECK(sha1->kind == ChecksumKind::sha1);
  CHECK(encode_hex(sha1->digest) == "2aae6c35c94fcfb415dbe95f408b9ce91ee846ed");
  CHECK(read_upload_checksum("sha256 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="));
  for (const char* bad :
       {"", "sha1", "sha1 ",
        "sha1  Kq5sNclPz7QV2+lfQIuc6R7oRu0=", "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0",
        "SHA1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=", "md5 XrY7u+Ae7tCTyyK7j1rNww==",
        "sha256 Kq5sNclPz7QV2+lfQIuc6R7oRu0=", "sha1 Kq5sNclPz7QV2-lfQIuc6R7oRu0=",
        "sha1 2aae6c35c94fcfb415dbe95f408b9ce91ee846ed", "sha1 !", "crc32 AAAAAA=="}) {
    CAPTURE(bad);
    CHECK(read_upload_checksum(bad).error().code == ErrorCode::invalid);
  }
}

TEST_CASE("upload metadata is read strictly") {
  const auto good = read_upload_metadata("filename UHLDvGZ1bmcucGRm,filetype dGV4dC9wbGFpbg==");
  REQUIRE(good);
  CHECK(good->filename == "Prüfung.pdf");
  CHECK(good->filetype == "text/plain");
  // As tus-js-client writes it: further keys, and keys without a value.
  CHECK(read_upload_metadata("relativePath bnVsbA==, filename YQ==,filetype ")->filename == "a");
  CHECK(read_upload_metadata("filename YQ==,empty")->filename == "a");
  CHECK(!read_upload_metadata("")->filename);
  CHECK(!read_upload_metadata("filetype YQ==,any /w==")->filename);
  CHECK(read_upload_metadata("filename")->filename == "");
  CHECK(read_upload_metadata("filename ")->filename == "");
  for (const char* bad :
       {"filename YQ", "filename YQ==,filename Yg==", "filename YQ==,,", "filename  YQ==",
        "filename Y!==", "filename /w==", "filetype /w==", ",filename YQ==", " ", "any !"}) {
    CAPTURE(bad);
    CHECK(!read_upload_metadata(bad));
  }
  const std::string long_one = "filename YQ==,x " + std::string(4096, 'A');
  CHECK(read_upload_metadata(long_one).error().code == ErrorCode::too_large);
}

TEST_CASE("a download's name cannot leave its field or its folder") {
  CHECK(attachment("a b.txt") == "attachment; filename=\"a b.txt\"; filename*=UTF-8''a%20b.txt");
  CHECK(attachment("folder/sub/x.txt") == "attachment; filename=\"x.txt\"; filename*=UTF-8''x.txt");
  CHECK(attachment("ü€😀.txt") ==
        "attachment; filename=\"___.txt\"; filename*=UTF-8''%C3%BC%E2%82%AC%F0%9F%98%80.txt");
  CHECK(attachment("a\"b\\c\r\nX: y") ==
        "attachment; filename=\"a_b_c__X_ y\"; filename*=UTF-8''a_b_c__X_%20y");
  CHECK(attachment(".bashrc") == "attachment; filename=\"_bashrc\"; filename*=UTF-8''_bashrc");
  CHECK(attachment("50%.txt") == "attachment; filename=\"50_.txt\"; filename*=UTF-8''50%25.txt");
  CHECK(attachment("...") == "attachment; filename=\"_\"; filename*=UTF-8''_");
  CHECK(attachment("x/") == "attachment; filename=\"download\"; filename*=UTF-8''download");
  CHECK(attachment("\xff") == "attachment; filename=\"download\"; filename*=UTF-8''download");
}

TEST_CASE("networks: an IPv4 address counts alone, an IPv6 one with its neighbours") {
  CHECK(parse_ip("192.0.2.7")->network() == "192.0.2.7");
  CHECK(parse_ip("::ffff:192.0.2.7")->network() == "192.0.2.7");
  CHECK(parse_ip("2001:db8:1:2:3:4:5:6")->network() == "2001:db8:1:2::/64");
  CHECK(!parse_ip("192.0.2"));
  CHECK(!parse_ip("x"));
  CHECK(parse_network("10.0.0.0/8")->contains(*parse_ip("10.1.2.3")));
  CHECK(!parse_network("10.0.0.0/8")->contains(*parse_ip("11.1.2.3")));
  CHECK(parse_network("10.128.0.0/9")->contains(*parse_ip("10.200.2.3")));
  CHECK(!parse_network("10.128.0.0/9")->contains(*parse_ip("10.1.2.3")));
  CHECK(parse_network("2001:db8::/32")->contains(*parse_ip("2001:db8:ffff::1")));
  CHECK(parse_network("::1")->contains(*parse_ip("::1")));
  CHECK(!parse_network("10.0.0.0/33"));
  CHECK(!parse_network("10.0.0.0/"));
  CHECK(!parse_network("10.0.0.0/8x"));
}

TEST_CASE("of X-Forwarded-For only what believed proxies have written counts") {
  const std::vector<IpNetwork> proxies = {*parse_network("10.0.0.0/8")};
  const IpAddress proxy = *parse_ip("10.0.0.1");
  const auto client = [&](const IpAddress& peer, const std::string& field) {
    return client_of(peer, field, proxies).network();
  };
  CHECK(client(proxy, "192.0.2.7") == "192.0.2.7");
  CHECK(client(proxy, "198.51.100.1, 192.0.2.7") == "192.0.2.7");
  CHECK(client(proxy, "198.51.100.1, 192.0.2.7, 10.0.0.2") == "192.0.2.7");
  CHECK(client(proxy, "nonsense") == "10.0.0.1");
  CHECK(client(*parse_ip("203.0.113.9"), "192.0.2.7") == "203.0.113.9");
  CHECK(client_of(proxy, "", proxies) == proxy);
}

TEST_CASE("file numbers of a ZIP are read strictly") {
  CHECK(read_file_numbers("")->empty());
  CHECK(*read_file_numbers("files=0,2,15") == std::vector<std::uint32_t>{0, 2, 15});
  for (const char* bad : {"files=", "files=1,", "files=,1", "files=01", "files=1,1", "files=a",
                          "files=-1", "files=4294967296", "other=1", "files=1&x=2"}) {
    CAPTURE(bad);
    CHECK(read_file_numbers(bad).error().code == ErrorCode::invalid);
  }
}
