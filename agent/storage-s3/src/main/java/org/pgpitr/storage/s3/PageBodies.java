package org.pgpitr.storage.s3;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/**
 * Hands the body of a successful answer to the caller as it is, and nothing of it to the SDK, which would make a tree of
 * objects of it: of a million names that takes half a minute. Signatures, refusals and timeouts stay the SDK's.
 */
final class PageBodies implements ExecutionInterceptor {
    /** A request with this has its answer's body put there. */
    static final ExecutionAttribute<AtomicReference<byte[]>> BODY = new ExecutionAttribute<>("PgpitrPageBody");

    /** A thousand names of a thousand characters take far less. */
    private static final int MAX_LENGTH = 32 << 20;

    /** The root of an answer that is none begins within so many bytes. */
    private static final int BEGINNING = 1 << 10;

    @Override
    public Optional<InputStream> modifyHttpResponseContent(
            Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
        AtomicReference<byte[]> wanted = attributes.getAttribute(BODY);
        Optional<InputStream> body = context.responseBody();
        if (wanted == null || body.isEmpty() || !context.httpResponse().isSuccessful()) {
            return body;
        }
        byte[] bytes;
        try (InputStream in = body.get()) {
            bytes = in.readNBytes(MAX_LENGTH);
        } catch (IOException e) {
            throw SdkClientException.create("The answer did not come to its end.", e);
        }
        wanted.set(bytes);
        return Optional.of(mayBeError(bytes) ? new ByteArrayInputStream(bytes) : InputStream.nullInputStream());
    }

    /** S3 may begin an answer with status 200 and go on with an error: the SDK knows what it means. */
    private static boolean mayBeError(byte[] bytes) {
        return new String(bytes, 0, Math.min(bytes.length, BEGINNING), StandardCharsets.ISO_8859_1).contains("<Error");
    }
}
