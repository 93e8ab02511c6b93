package org.pgpitr.storage.s3.server;

import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A CA of one's own, and a certificate of it for the loopback host. */
final class SelfMadeCertificates {
    private static final X500Name CA_NAME = new X500Name("CN=CA of a test");
    private static final char[] PASSWORD = new char[0];

    private final X509Certificate ca;
    private final SSLContext server;

    private SelfMadeCertificates(X509Certificate ca, SSLContext server) {
        this.ca = ca;
        this.server = server;
    }

    static SelfMadeCertificates make() throws GeneralSecurityException, IOException {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            KeyPair caKeys = generator.generateKeyPair();
            X509Certificate ca = sign(
                    builder(CA_NAME, 1, caKeys).addExtension(Extension.basicConstraints, true, new BasicConstraints(0)),
                    caKeys);
            KeyPair keys = generator.generateKeyPair();
            GeneralName[] names = {
                new GeneralName(GeneralName.dNSName, "localhost"),
                new GeneralName(GeneralName.dNSName, "*.localhost"),
                new GeneralName(GeneralName.iPAddress, "127.0.0.1")
            };
            X509Certificate certificate = sign(
                    builder(new X500Name("CN=localhost"), 2, keys)
                            .addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names)),
                    caKeys);
            return new SelfMadeCertificates(ca, context(keys, certificate, ca));
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException(e);
        }
    }

    private static JcaX509v3CertificateBuilder builder(X500Name subject, int serial, KeyPair keys) {
        Instant now = Instant.now();
        return new JcaX509v3CertificateBuilder(
                CA_NAME,
                BigInteger.valueOf(serial),
                Date.from(now.minus(Duration.ofDays(1))),
                Date.from(now.plus(Duration.ofDays(30))),
                subject,
                keys.getPublic());
    }

    private static X509Certificate sign(org.bouncycastle.cert.X509v3CertificateBuilder builder, KeyPair caKeys)
            throws GeneralSecurityException, OperatorCreationException, CertIOException {
        return new JcaX509CertificateConverter()
                .getCertificate(
                        builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(caKeys.getPrivate())));
    }

    private static SSLContext context(KeyPair keys, X509Certificate certificate, X509Certificate ca)
            throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("server", keys.getPrivate(), PASSWORD, new Certificate[] {certificate, ca});
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    SSLContext server() {
        return server;
    }

    void writeCa(Path file) throws IOException {
        try (Writer out = new StringWriter();
                JcaPEMWriter pem = new JcaPEMWriter(out)) {
            pem.writeObject(ca);
            pem.flush();
            Files.writeString(file, out.toString());
        }
    }
}
