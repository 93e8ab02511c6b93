package org.pgpitr.it;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;

/** The rules of docs/architecture.md: who may use whom, and who alone may use a vendor. */
@AnalyzeClasses(
        packages = "org.pgpitr",
        importOptions = {ImportOption.DoNotIncludeTests.class, ArchitectureTest.NoTestJars.class})
class ArchitectureTest {
    /** The test kits of the modules, as packaged. */
    static final class NoTestJars implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("-tests.jar");
        }
    }

    private static final String ERROR = "org.pgpitr.error..";
    private static final String POSTGRES = "org.pgpitr.postgres..";
    private static final String STORAGE = "org.pgpitr.storage..";
    private static final String S3 = "org.pgpitr.storage.s3..";
    private static final String REPOSITORY = "org.pgpitr.repository..";
    private static final String CLUSTER = "org.pgpitr.cluster..";
    private static final String SERVICE = "org.pgpitr.service..";
    private static final String CLI = "org.pgpitr.cli..";

    @ArchTest
    static final ArchRule the_vocabulary_needs_the_jdk_only = classes()
            .that()
            .resideInAnyPackage(POSTGRES, ERROR)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", POSTGRES, ERROR);

    @ArchTest
    static final ArchRule the_vocabulary_opens_no_files = noClasses()
            .that()
            .resideInAPackage(POSTGRES)
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.nio.file.Files")
            .orShould()
            .dependOnClassesThat()
            .resideInAnyPackage("java.net..", "java.sql..");

    @ArchTest
    static final ArchRule storage_knows_nothing_of_postgresql = noClasses()
            .that()
            .resideInAPackage(STORAGE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ERROR, POSTGRES, REPOSITORY, CLUSTER, SERVICE, CLI);

    @ArchTest
    static final ArchRule the_repository_needs_vocabulary_and_storage_only = noClasses()
            .that()
            .resideInAPackage(REPOSITORY)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(S3, "org.pgpitr.storage.local..", CLUSTER, SERVICE, CLI);

    @ArchTest
    static final ArchRule the_live_server_needs_the_vocabulary_only = noClasses()
            .that()
            .resideInAPackage(CLUSTER)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(STORAGE, REPOSITORY, SERVICE, CLI);

    @ArchTest
    static final ArchRule services_do_not_know_the_command_line = noClasses()
            .that()
            .resideInAPackage(SERVICE)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(CLI);

    @ArchTest
    static final ArchRule only_the_command_line_uses_picocli = noClasses()
            .that()
            .resideOutsideOfPackage(CLI)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("picocli..");

    @ArchTest
    static final ArchRule only_the_s3_store_uses_the_aws_sdk = noClasses()
            .that()
            .resideOutsideOfPackage(S3)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("software.amazon..");

    @ArchTest
    static final ArchRule only_the_live_server_uses_pgjdbc = noClasses()
            .that()
            .resideOutsideOfPackage(CLUSTER)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.postgresql..");

    @ArchTest
    static final ArchRule only_codec_and_lanes_use_zstd_and_age = noClasses()
            .that()
            .resideOutsideOfPackage(REPOSITORY)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.github.luben..", "com.exceptionfactory.jagged..");

    @ArchTest
    static final ArchRule only_wiring_opens_a_vendors_store = noClasses()
            .that()
            .resideOutsideOfPackages("org.pgpitr.service.wiring..", S3)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(S3);

    @ArchTest
    static final ArchRule time_comes_from_a_clock = noClasses()
            .that()
            .resideInAnyPackage(POSTGRES, REPOSITORY, CLUSTER, SERVICE)
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(OffsetDateTime.class, "now")
            .orShould()
            .callMethod(LocalDateTime.class, "now")
            .orShould()
            .callMethod(ZonedDateTime.class, "now")
            .orShould()
            .callMethod(Clock.class, "systemUTC");

    @ArchTest
    static final ArchRule nothing_prints_but_the_command_line = noClasses()
            .that()
            .resideOutsideOfPackage(CLI)
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err");

    @ArchTest
    static final ArchRule names_say_what_things_are = noClasses()
            .should()
            .haveSimpleNameEndingWith("Util")
            .orShould()
            .haveSimpleNameEndingWith("Utils")
            .orShould()
            .haveSimpleNameEndingWith("Helper")
            .orShould()
            .haveSimpleNameEndingWith("Manager")
            .orShould()
            .haveSimpleNameEndingWith("Impl");

    @ArchTest
    static final ArchRule no_boolean_parameters_in_public = noMethods()
            .that()
            .arePublic()
            .and()
            .areDeclaredInClassesThat()
            .arePublic()
            .and()
            .doNotHaveName("equals")
            .should()
            .haveRawParameterTypes(describe(
                    "a boolean among them",
                    types -> types.stream().anyMatch(type -> type.isEquivalentTo(boolean.class))));

    @ArchTest
    static final ArchRule packages_of_the_repository_have_no_cycles =
            slices().matching("org.pgpitr.repository.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule packages_of_the_service_have_no_cycles =
            slices().matching("org.pgpitr.service.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule the_demo_is_used_by_its_command_alone = noClasses()
            .that()
            .resideOutsideOfPackage("org.pgpitr.cli.demo..")
            .and()
            .doNotHaveSimpleName("DemoCommand")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.pgpitr.cli.demo..");
}
