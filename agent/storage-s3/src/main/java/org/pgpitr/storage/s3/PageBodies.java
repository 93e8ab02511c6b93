package org.pgpitr.storage.s3;

import java.io.IOException;
import java.io.InputStream;
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

    @Override
    public Optional<InputStream> modifyHttpResponseContent(
            Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
        AtomicReference<byte[]> wanted = attributes.getAttribute(BODY);
        Optional<InputStream> body = context.responseBody();
        if (wanted == null || body.isEmpty() || !context.httpResponse().isSuccessful()) {
            return body;
        }
        try (InputStream in = body.get()) {
            wanted.set(in.readNBytes(MAX_LENGTH));
        } catch (IOException e) {
            throw SdkClientException.create("The answer did not come to its end.", e);
        }
        return Optional.of(InputStream.nullInputStream());
    }
}
