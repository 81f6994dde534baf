using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text;

namespace AgentSystem.WebConsole.Access;

/// <summary>Who may see the console: section <c>Console</c>.</summary>
public sealed class ConsoleAccessOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Console";

    /// <summary>The token that a person needs to log in; made at the start, and printed with the login link, when it is not set.</summary>
    [MinLength(16, ErrorMessage = "Console:Token has to have at least 16 characters; leave it out to have one made.")]
    public string? Token { get; set; }

    /// <summary>Whether the token was made by this process, so that nobody knows it yet.</summary>
    internal bool IsMade { get; private set; }

    /// <summary>What a browser keeps: proves the token without being it, and ends when the token changes.</summary>
    internal string CookieValue =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Token ?? ""), "agentsystem console session"u8));

    internal void MakeMissingToken()
    {
        if (!string.IsNullOrWhiteSpace(Token))
            return;
        Token = RandomNumberGenerator.GetHexString(32, lowercase: true);
        IsMade = true;
    }

    /// <summary>Compares in a time that says nothing about where the difference is.</summary>
    internal static bool Same(string given, string expected) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)), SHA256.HashData(Encoding.UTF8.GetBytes(expected)));
}
