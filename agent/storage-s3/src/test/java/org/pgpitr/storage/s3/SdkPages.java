package org.pgpitr.storage.s3;

import java.io.ByteArrayInputStream;
import java.time.Instant;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;

/** How the SDK itself reads an answer to ListObjectsV2: what our own parser is held against. */
final class SdkPages implements AutoCloseable {
    /** Gives every request the same answer. */
    private static final class SameAnswer implements SdkHttpClient {
        private byte[] body = {};

        @Override
        public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
            return new ExecutableHttpRequest() {
                @Override
                public HttpExecuteResponse call() {
                    return HttpExecuteResponse.builder()
                            .response(SdkHttpResponse.builder().statusCode(200).build())
                            .responseBody(AbortableInputStream.create(new ByteArrayInputStream(body)))
                            .build();
                }

                @Override
                public void abort() {
                    // There is nothing to wait for.
                }
            };
        }

        @Override
        public void close() {
            // It holds nothing.
        }
    }

    private final SameAnswer http = new SameAnswer();
    private final S3Client client = S3Client.builder()
            .httpClient(http)
            .region(Region.US_EAST_1)
            .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("key", "secret")))
            .overrideConfiguration(override -> override.retryStrategy(AwsRetryStrategy.doNotRetry()))
            .build();

    /** @throws RuntimeException if it is no page */
    ListPage parse(byte[] page) {
        http.body = page;
        ListObjectsV2Response answer = client.listObjectsV2(request -> request.bucket("bucket"));
        return new ListPage(
                answer.contents().stream()
                        .map(object -> new ListedObject(
                                object.key(),
                                object.size(),
                                object.eTag() == null ? "" : object.eTag(),
                                object.lastModified() == null ? Instant.EPOCH : object.lastModified()))
                        .toList(),
                answer.isTruncated() ? Optional.of(answer.nextContinuationToken()) : Optional.empty());
    }

    @Override
    public void close() {
        client.close();
    }
}
