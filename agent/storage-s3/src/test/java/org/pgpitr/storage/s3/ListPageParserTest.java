package org.pgpitr.storage.s3;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import javax.xml.stream.XMLStreamException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgpitr.postgres.Fuzzing;
import org.pgpitr.postgres.Mutations;

class ListPageParserTest {
    private static final String PAGE = """
            <?xml version="1.0" encoding="UTF-8"?>
            <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bucket</Name><Prefix>p/</Prefix>
            <NextContinuationToken>1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM=</NextContinuationToken>
            <IsTruncated>true</IsTruncated>
            <Contents><Key>p/a&amp;b&#x2F;c</Key><LastModified>2026-11-28T22:10:31.042Z</LastModified>
            <ETag>&quot;9a0364b9e99bb480dd25e1f0284c8555&quot;</ETag><Size>16777216</Size>
            <Owner><ID>1</ID><DisplayName>Key</DisplayName></Owner><StorageClass>STANDARD</StorageClass></Contents>
            <Contents><Size>0</Size><Key>p/d</Key></Contents>
            </ListBucketResult>""";

    private static SdkPages sdk;

    @BeforeAll
    static void open() {
        sdk = new SdkPages();
    }

    @AfterAll
    static void close() {
        sdk.close();
    }

    private static String withoutDeclaration(String page) {
        return page.replaceFirst("(?s)^.*?[?]>\\s*", "");
    }

    private static byte[] bytes(String page) {
        return page.getBytes(UTF_8);
    }

    @Test
    void a_page_tells_its_objects_and_where_the_next_one_begins() throws Exception {
        ListPage page = ListPageParser.parse(bytes(PAGE));
        assertThat(page.objects())
                .containsExactly(
                        new ListedObject(
                                "p/a&b/c",
                                16_777_216,
                                "\"9a0364b9e99bb480dd25e1f0284c8555\"",
                                Instant.parse("2026-11-28T22:10:31.042Z")),
                        new ListedObject("p/d", 0, "", Instant.EPOCH));
        assertThat(page.next()).hasValue("1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM=");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<R><IsTruncated>false</IsTruncated></R>",
                "<R><IsTruncated>FALSE</IsTruncated><NextContinuationToken>x</NextContinuationToken></R>",
                "\uFEFF<?xml version='1.0'?>\n<s3:R xmlns:s3='urn:x'>\n <s3:IsTruncated>false</s3:IsTruncated>\n"
                        + "<s3:Contents>\n <s3:Key>a</s3:Key>\n<s3:Size>1</s3:Size></s3:Contents></s3:R>\n",
                "<R><IsTruncated>false</IsTruncated><Contents><Key><![CDATA[a&b]]>c&lt;&#233;<!-- no --></Key>"
                        + "<Size>7</Size></Contents></R>",
                "<R><Contents a='1'><Size>7</Size><Key x=\"Key\"> a </Key></Contents><IsTruncated>false</IsTruncated></R>",
                "<R><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>"
                        + "<Contents><Key>a%2Fb+c%25</Key><Size>7</Size></Contents></R>",
                "<R><Contents><Key>a%2Fb+c</Key><Size>7</Size></Contents><IsTruncated>false</IsTruncated></R>",
                "<R><IsTruncated>false</IsTruncated><Contents><Key/><Size>7</Size><ETag/></Contents></R>",
                "<R><IsTruncated>false</IsTruncated><Contents><Key>a</Key><Size>5368709120</Size>"
                        + "<LastModified>2026-11-28T22:10:31Z</LastModified></Contents></R>",
                "<R><IsTruncated>false</IsTruncated><Contents><Key>a</Key><Size>1</Size>"
                        + "<LastModified>2024-02-29T23:59:59.123456Z</LastModified></Contents></R>",
                "<R><IsTruncated>false</IsTruncated><Contents><Key>a</Key><Size>1</Size>"
                        + "<LastModified>2026-11-28T22:10:31.000+0000</LastModified></Contents></R>",
                "<R><IsTruncated>false</IsTruncated><CommonPrefixes><Prefix>x</Prefix></CommonPrefixes>"
                        + "<Versions><Contents><Key>no</Key></Contents></Versions><Size>9</Size><Key>no</Key></R>",
                "<R><Contents><Key>a</Key><Size>1</Size><Restore><Key>no</Key><Size>x</Size></Restore></Contents>"
                        + "<IsTruncated>true</IsTruncated><NextContinuationToken>&amp;x</NextContinuationToken></R>",
            })
    void what_a_look_alike_may_write_is_read_as_the_sdk_reads_it(String page) throws Exception {
        assertThat(ListPageParser.parse(bytes(page))).isEqualTo(sdk.parse(bytes(page)));
        byte[] wide = withoutDeclaration(page).getBytes(UTF_16);
        assertThat(ListPageParser.parse(wide)).isEqualTo(sdk.parse(wide));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "Forbidden",
                "<html><body><h1>200</h1></body></html>",
                "<html><body><p>200<br></body></html>",
                "<!DOCTYPE html><html><body/></html>",
                "<!DOCTYPE R [<!ENTITY k SYSTEM 'file:///etc/hostname'>]><R><IsTruncated>false</IsTruncated></R>",
                "<!DOCTYPE R [<!ENTITY k 'v'>]><R><IsTruncated>false</IsTruncated><Contents><Key>&k;</Key>"
                        + "<Size>1</Size></Contents></R>",
                "<R><IsTruncated>false</IsTruncated><Contents><Key>&k;</Key><Size>1</Size></Contents></R>",
                "<Error><Code>InternalError</Code></Error>",
                "<R/>",
                "<R><IsTruncated/></R>",
                "<R><IsTruncated>yes</IsTruncated></R>",
                "<R><IsTruncated>true</IsTruncated></R>",
                "<R><IsTruncated>true</IsTruncated><NextContinuationToken/></R>",
                "<R><IsTruncated>false</IsTruncated><Contents><Key>a</Key></Contents></R>",
                "<R><IsTruncated>false</IsTruncated><Contents><Size>1</Size></Contents></R>",
                "<R><IsTruncated>false</IsTruncated><Contents><Key>a</Key><Size>one</Size></Contents></R>",
                "<R><IsTruncated>false</IsTruncated><Contents><Key>a</Key><Size/></Contents></R>",
                "<R><IsTruncated>false</IsTruncated><Contents><Key>a<b/>c</Key><Size>1</Size></Contents></R>",
                "<R><IsTruncated>false</IsTruncated><Contents><Key>a</Key><Size>1</Size>"
                        + "<LastModified>2026-02-30T22:10:31.000Z</LastModified></Contents></R>",
                "<R><IsTruncated>false</IsTruncated><Contents><Key>a</Key><Size>1</Size>"
                        + "<LastModified>yesterday</LastModified></Contents></R>",
                "<R><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>"
                        + "<Contents><Key>a%2</Key><Size>7</Size></Contents></R>",
                "<R><IsTruncated>false</IsTruncated></R><R></R>",
            })
    void what_is_no_page_is_refused(String page) {
        assertThatExceptionOfType(XMLStreamException.class).isThrownBy(() -> ListPageParser.parse(bytes(page)));
    }

    @Test
    void a_page_cut_anywhere_is_never_a_short_one() {
        byte[] page = bytes(PAGE);
        int root = PAGE.indexOf("<Name>");
        for (int length = 0; length < page.length; length++) {
            byte[] cut = Arrays.copyOf(page, length);
            assertThatThrownBy(() -> ListPageParser.parse(cut))
                    .as("%s bytes", length)
                    .isInstanceOfAny(XMLStreamException.class, EOFException.class);
            if (length >= root) {
                assertThatExceptionOfType(EOFException.class)
                        .as("%s bytes", length)
                        .isThrownBy(() -> ListPageParser.parse(cut));
            }
        }
    }

    @Test
    void a_byte_that_is_no_text_is_not_the_end() {
        String text = "<R><IsTruncated>false</IsTruncated><Contents><Key>a</Key><Size>1</Size></Contents>?"
                + "<Contents><Key>b</Key><Size>1</Size></Contents></R>";
        byte[] page = bytes(text);
        page[text.indexOf('?')] = (byte) 0xFE;
        assertThatExceptionOfType(XMLStreamException.class).isThrownBy(() -> ListPageParser.parse(page));
    }

    @Test
    @Timeout(120)
    void a_damaged_page_is_refused_as_such() {
        Fuzzing.of("list page", bytes(PAGE), withoutDeclaration(PAGE).getBytes(UTF_16))
                .declaring(XMLStreamException.class)
                .declaring(EOFException.class)
                .run(ListPageParser::parse);
    }

    @Test
    void what_of_a_damaged_page_is_read_the_sdk_reads_alike() {
        long seed = 20_261_128;
        Random random = new Random(seed);
        for (int i = 0; i < 3_000; i++) {
            byte[] page = Mutations.of(bytes(PAGE), random);
            Optional<ListPage> ours = ours(page);
            Optional<ListPage> theirs = ours.flatMap(any -> theirs(page));
            if (theirs.isPresent()) {
                assertThat(ours)
                        .as("seed %s, case %s: %s", seed, i, new String(page, UTF_8))
                        .isEqualTo(theirs);
            }
        }
    }

    private static Optional<ListPage> ours(byte[] page) {
        try {
            return Optional.of(ListPageParser.parse(page));
        } catch (XMLStreamException | EOFException e) {
            return Optional.empty();
        }
    }

    private static Optional<ListPage> theirs(byte[] page) {
        try {
            return Optional.of(sdk.parse(page));
        } catch (RuntimeException e) {
            return Optional.empty();
        }
    }
}
