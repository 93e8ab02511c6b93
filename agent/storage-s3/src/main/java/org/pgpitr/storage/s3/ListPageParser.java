package org.pgpitr.storage.s3;

import java.io.EOFException;
import java.io.StringReader;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Takes an answer to ListObjectsV2 apart, as a stream: of each object four fields, of the page where the next one begins.
 * Elements go by their local names, since look-alikes choose root and namespaces freely; of a field that comes twice the
 * first one counts. Knows no DTD and no external entities.
 */
final class ListPageParser {
    private static final int OF_PAGE = 2;
    private static final int OF_OBJECT = 3;
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private final XMLStreamReader xml;
    private final StringBuilder text = new StringBuilder();
    private final List<ListedObject> objects = new ArrayList<>(1000);
    private String root;
    /** How many elements are open, with the one that begins or ends. */
    private int depth;

    private boolean isWhole;
    private boolean isLeaf;
    private boolean inObject;
    private String key;
    private String length;
    private String tag;
    private String modified;
    private String truncated;
    private String next;
    private String encoding;

    private ListPageParser(String page) throws XMLStreamException {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        this.xml = factory.createXMLStreamReader(new StringReader(page));
    }

    /**
     * Reads a page.
     *
     * @throws EOFException if it breaks off in the middle
     * @throws XMLStreamException if it is no page of a listing
     */
    static ListPage parse(byte[] page) throws EOFException, XMLStreamException {
        String text = text(page);
        ListPageParser parser = new ListPageParser(text);
        try {
            parser.read();
        } catch (XMLStreamException e) {
            if (parser.root != null && !isEnded(text.stripTrailing(), parser.root)) {
                throw new EOFException("the answer breaks off in the middle");
            }
            throw e;
        }
        return parser.page();
    }

    /** The JDK's parser does not throw on a byte that is none of UTF-8, but ends there. */
    private static String text(byte[] page) throws XMLStreamException {
        boolean isWide = page.length > 1 && (page[0] == -1 && page[1] == -2 || page[0] == -2 && page[1] == -1);
        try {
            CharBuffer text = (isWide ? StandardCharsets.UTF_16 : StandardCharsets.UTF_8)
                    .newDecoder()
                    .decode(ByteBuffer.wrap(page));
            return text.length() > 0 && text.charAt(0) == BYTE_ORDER_MARK
                    ? text.subSequence(1, text.length()).toString()
                    : text.toString();
        } catch (CharacterCodingException e) {
            throw new XMLStreamException("it is no text", e);
        }
    }

    /** Whether what came last is the end of that element. */
    private static boolean isEnded(String page, String element) {
        return page.endsWith(element + ">") && page.startsWith("</", page.lastIndexOf('<'));
    }

    private void read() throws XMLStreamException {
        while (xml.hasNext()) {
            switch (xml.next()) {
                case XMLStreamConstants.START_ELEMENT -> begin(xml.getLocalName());
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE ->
                    text.append(xml.getTextCharacters(), xml.getTextStart(), xml.getTextLength());
                case XMLStreamConstants.END_ELEMENT -> end(xml.getLocalName());
                case XMLStreamConstants.END_DOCUMENT -> isWhole = true;
                case XMLStreamConstants.COMMENT, XMLStreamConstants.PROCESSING_INSTRUCTION -> {
                    // Says nothing.
                }
                default -> throw new XMLStreamException("it has a document type");
            }
        }
        if (!isWhole) {
            throw new XMLStreamException("it has no end");
        }
    }

    private void begin(String name) {
        depth++;
        isLeaf = true;
        text.setLength(0);
        if (root == null) {
            root = name;
        }
        if (depth == OF_PAGE && name.equals("Contents")) {
            inObject = true;
            key = null;
            length = null;
            tag = null;
            modified = null;
        }
    }

    private void end(String name) throws XMLStreamException {
        if (depth == OF_OBJECT && inObject) {
            switch (name) {
                case "Key" -> key = first(key);
                case "Size" -> length = first(length);
                case "ETag" -> tag = first(tag);
                case "LastModified" -> modified = first(modified);
                default -> {
                    // Of no use here.
                }
            }
        } else if (depth == OF_PAGE) {
            switch (name) {
                case "Contents" -> {
                    objects.add(object());
                    inObject = false;
                }
                case "IsTruncated" -> truncated = first(truncated);
                case "NextContinuationToken" -> next = first(next);
                case "EncodingType" -> encoding = first(encoding);
                default -> {
                    // Of no use here.
                }
            }
        }
        isLeaf = false;
        depth--;
    }

    private String first(String before) throws XMLStreamException {
        if (!isLeaf) {
            throw new XMLStreamException("there are elements within a field");
        }
        return before == null ? text.toString() : before;
    }

    private ListedObject object() throws XMLStreamException {
        if (key == null || length == null) {
            throw new XMLStreamException("a listed object has no key or no length");
        }
        try {
            return new ListedObject(
                    key,
                    Long.parseLong(length),
                    tag == null ? "" : tag,
                    modified == null ? Instant.EPOCH : ListedTime.parse(modified));
        } catch (NumberFormatException | DateTimeException e) {
            throw new XMLStreamException("a listed object has no sensible length or time", e);
        }
    }

    private ListPage page() throws XMLStreamException {
        boolean isTruncated = "true".equalsIgnoreCase(truncated);
        if (!isTruncated && !"false".equalsIgnoreCase(truncated)) {
            throw new XMLStreamException("it does not say whether it is the last one");
        }
        if (isTruncated && (next == null || next.isEmpty())) {
            throw new XMLStreamException("it does not say where the next one begins");
        }
        return new ListPage(
                "url".equals(encoding) ? decoded() : objects, isTruncated ? Optional.of(next) : Optional.empty());
    }

    private List<ListedObject> decoded() throws XMLStreamException {
        try {
            return objects.stream()
                    .map(object -> new ListedObject(
                            URLDecoder.decode(object.key(), StandardCharsets.UTF_8),
                            object.length(),
                            object.tag(),
                            object.modified()))
                    .toList();
        } catch (IllegalArgumentException e) {
            throw new XMLStreamException("a listed key is not encoded as the page says", e);
        }
    }
}
