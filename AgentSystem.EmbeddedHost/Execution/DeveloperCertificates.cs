using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Execution;

/// <summary>
/// Lets each process trust the certificates of ASP.NET for development that its host trusts, by <c>SSL_CERT_DIR</c>: a folder with them, then the
/// folders of before. Where there are none, or where <c>ASPIRE_DEVELOPER_CERTIFICATE_DEFAULT_TRUST</c> is false, nothing is set.
/// </summary>
internal sealed partial class DeveloperCertificates(IConfiguration configuration, ILogger<DeveloperCertificates> logger) : IDisposable
{
    private const string Variable = "SSL_CERT_DIR";

    // By this extension ASP.NET knows its own certificates.
    private const string Mark = "1.3.6.1.4.1.311.84.1.1";

    private readonly Lock _gate = new();
    private bool _looked;
    private DirectoryInfo? _folder;

    /// <summary>Adds the variable, or replaces it.</summary>
    public void TrustIn(Dictionary<string, string> variables)
    {
        if (!configuration.GetValue("ASPIRE_DEVELOPER_CERTIFICATE_DEFAULT_TRUST", true))
            return;
        lock (_gate)
        {
            if (!_looked)
                _folder = Write(Trusted());
            _looked = true;
        }

        if (_folder is not null)
            variables[Variable] = string.Join(Path.PathSeparator, [_folder.FullName, .. FoldersOfBefore()]);
    }

    public void Dispose() => _folder?.Delete(recursive: true);

    private static IEnumerable<string> FoldersOfBefore() =>
        Environment.GetEnvironmentVariable(Variable) is { } given ? given.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        : OperatingSystem.IsLinux() ? ((string[])["/etc/ssl/certs", "/usr/local/share/ca-certificates", "/etc/pki/tls/certs"]).Where(Directory.Exists)
        : [];

    [SuppressMessage("Design", "CA1031", Justification = "A store that cannot be read is no reason not to run.")]
    private X509Certificate2[] Trusted()
    {
        try
        {
            using var store = new X509Store(StoreName.My, StoreLocation.CurrentUser, OpenFlags.ReadOnly);
            using var chain = new X509Chain();
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            var now = DateTime.Now;
            return [.. store.Certificates.Where(certificate =>
                certificate.Extensions.Any(extension => extension.Oid?.Value == Mark)
                && certificate.NotBefore <= now && now <= certificate.NotAfter && certificate.HasPrivateKey && chain.Build(certificate))];
        }
        catch (Exception e)
        {
            LogUnreadable(e.Message);
            return [];
        }
    }

    private static DirectoryInfo? Write(X509Certificate2[] certificates)
    {
        if (certificates.Length == 0)
            return null;
        var folder = Directory.CreateTempSubdirectory("agentsystem-certificates-");
        foreach (var group in certificates.GroupBy(certificate => SubjectHash(certificate.SubjectName)))
        {
            // OpenSSL looks for <hash>.0, <hash>.1 and so on.
            foreach (var (number, certificate) in group.Index())
                File.WriteAllText(Path.Combine(folder.FullName, $"{group.Key:x8}.{number}"), certificate.ExportCertificatePem());
        }

        return folder;
    }

    /// <summary>OpenSSL's X509_NAME_hash: the first bytes of SHA-1 over the name without its outermost header, each value as UTF-8 in lower case.</summary>
    [SuppressMessage("Security", "CA5350", Justification = "It is a file's name, which OpenSSL gives.")]
    [SuppressMessage("Globalization", "CA1308", Justification = "Likewise.")]
    private static uint SubjectHash(X500DistinguishedName name)
    {
        var canonical = new AsnWriter(AsnEncodingRules.DER);
        foreach (var part in name.EnumerateRelativeDistinguishedNames(reversed: false))
        {
            using (canonical.PushSetOf())
            using (canonical.PushSequence())
            {
                canonical.WriteObjectIdentifier(part.GetSingleElementType().Value!);
                canonical.WriteCharacterString(UniversalTagNumber.UTF8String, (part.GetSingleElementValue() ?? "").ToLowerInvariant());
            }
        }

        return BinaryPrimitives.ReadUInt32LittleEndian(SHA1.HashData(canonical.Encode()));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The certificates of this user cannot be read, so no process is told to trust one for development: {Reason}")]
    private partial void LogUnreadable(string reason);
}
