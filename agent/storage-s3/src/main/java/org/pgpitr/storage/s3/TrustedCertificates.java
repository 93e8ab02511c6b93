package org.pgpitr.storage.s3;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.pgpitr.storage.StorageException;
import org.pgpitr.storage.StorageException.Kind;

/** The certificates of a PEM file, as whom a TLS connection trusts. */
final class TrustedCertificates {
    private final TrustManager[] trustManagers;

    private TrustedCertificates(TrustManager[] trustManagers) {
        this.trustManagers = trustManagers;
    }

    static TrustedCertificates read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            Collection<? extends Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (certificates.isEmpty()) {
                throw new CertificateException("it holds none");
            }
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int number = 0;
            for (Certificate certificate : certificates) {
                store.setCertificateEntry(Integer.toString(number++), certificate);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return new TrustedCertificates(factory.getTrustManagers());
        } catch (IOException e) {
            throw unusable(file, "can't be read: " + e, e);
        } catch (GeneralSecurityException e) {
            throw unusable(file, "is no PEM file of certificates: " + e.getMessage(), e);
        }
    }

    private static StorageException unusable(Path file, String why, Exception e) {
        return new StorageException(Kind.OTHER, "the CA file " + file + " " + why, e);
    }

    TrustManager[] trustManagers() {
        return trustManagers.clone();
    }
}
