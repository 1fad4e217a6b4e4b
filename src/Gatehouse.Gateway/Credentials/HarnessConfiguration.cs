namespace Gatehouse.Gateway.Credentials;

/// <summary>How a harness is to be served: with which credential and which settings. It works once it is attached. Immutable.</summary>
/// <param name="Id">Up to 200 characters of any text, compared ordinally.</param>
/// <param name="OwnerId">The user that it belongs to.</param>
/// <param name="Name">What its owner calls it.</param>
/// <param name="Harness">The harness's name in the catalog.</param>
/// <param name="CredentialId">The credential, of the same owner; null when the platform's keys are to serve.</param>
/// <param name="Settings">What the harness is told besides.</param>
/// <param name="IsActive">Whether it may be used.</param>
public sealed record HarnessConfiguration(
    string Id, string OwnerId, string Name, string Harness, string? CredentialId, HarnessSettings Settings, bool IsActive);

/// <summary>
/// Says that a configuration counts for a user, or for a project. Of several for the same one, an active one goes before inactive ones, and
/// the newest before older ones. Immutable.
/// </summary>
/// <param name="Id">Up to 200 characters of any text, compared ordinally.</param>
/// <param name="ConfigurationId">The configuration, of the same user.</param>
/// <param name="Harness">The configuration's harness.</param>
/// <param name="UserId">Whose attachment it is: the user it counts for, or the project's owner.</param>
/// <param name="ProjectId">The project that it counts for; null when it is the user's own default.</param>
/// <param name="IsActive">Whether it counts. An inactive one of a project stops: neither the user's nor the platform's serves then.</param>
public sealed record Attachment(string Id, string ConfigurationId, string Harness, string UserId, string? ProjectId, bool IsActive);
