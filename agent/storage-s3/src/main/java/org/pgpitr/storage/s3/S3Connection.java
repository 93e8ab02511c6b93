package org.pgpitr.storage.s3;

import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.services.s3.S3Client;

/** The SDK's client, made at its first use. */
final class S3Connection implements AutoCloseable {
    private final S3ClientFactory factory;
    private SdkHttpClient http;
    private S3Client client;

    S3Connection(S3StoreSettings settings) {
        this.factory = new S3ClientFactory(settings);
    }

    synchronized S3Client client() {
        if (client == null) {
            http = http == null ? factory.httpClient() : http;
            client = factory.client(http);
        }
        return client;
    }

    @Override
    public synchronized void close() {
        if (client != null) {
            client.close();
        }
        if (http != null) {
            http.close();
        }
    }
}
