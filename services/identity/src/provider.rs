//! The protocol with an identity provider (OpenID Connect Core 1.0, RFC 7636, RFC 9207): where somebody is sent, and who came back. It
//! believes an ID token alone, keeps none, and no access token either; the provider is asked when somebody wants to sign in, not before.

mod http;
mod known;
mod token;

use openidconnect::core::{CoreClient, CoreResponseType, CoreTokenResponse};
use openidconnect::{
    AuthenticationFlow, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, LanguageTag, Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError,
    TokenResponse,
};
use platform::provider::{BadProvider, ProviderPlace, SUBJECT};
use proto::Instant;
use proto::document::Lang;

use crate::accounts::Voucher;
use crate::awaited::Awaiting;
use crate::provided::Subject;
use http::Http;
use known::{Known, Metadata};

/// A client whose provider is known: it has an endpoint where people are sent, and may have those where it is asked itself.
type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// Why a provider lets nobody in.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// It does not answer, or not as one.
    #[error("the provider is away: {0}")]
    Away(String),
    /// It gives nothing for what was brought back.
    #[error("the provider refuses: {0}")]
    Refused(String),
    /// What it gives is no proof of who came.
    #[error("the ID token: {0}")]
    Token(String),
    /// The token says nothing by which people are known here.
    #[error("the ID token has no claim {0} that is a text")]
    ClaimMissing(String),
}

/// An identity provider, as one of whose clients this server signs people in.
pub struct Provider {
    by: Voucher,
    client_id: ClientId,
    secret: ClientSecret,
    back: RedirectUrl,
    http: Http,
    known: Known,
}

impl Provider {
    /// A provider; it is not asked yet. `back` is where it sends people.
    ///
    /// # Errors
    /// [`BadProvider`].
    pub fn new(place: &ProviderPlace, back: String) -> Result<Self, BadProvider> {
        place.check()?;
        let issuer = || BadProvider::Issuer(place.issuer.clone());
        Ok(Self {
            by: Voucher { issuer: place.issuer.clone(), claim: place.claim.clone() },
            client_id: ClientId::new(place.client_id.clone()),
            secret: ClientSecret::new(place.client_secret.clone()),
            back: RedirectUrl::new(back).map_err(|_| BadProvider::NoWayBack)?,
            http: Http::new(),
            known: Known::new(&place.issuer).map_err(|_| issuer())?,
        })
    }

    /// Who vouches for people here, and by which claim.
    #[must_use]
    pub fn voucher(&self) -> &Voucher {
        &self.by
    }

    /// Where somebody is sent who is then awaited back.
    ///
    /// # Errors
    /// [`ProviderError::Away`].
    pub async fn address(&self, awaiting: &Awaiting, lang: Lang) -> Result<String, ProviderError> {
        let known = self.known.of(&self.http, None).await?;
        let client = self.client(&known);
        let verifier = PkceCodeVerifier::new(awaiting.verifier());
        let (state, nonce) = (CsrfToken::new(awaiting.state()), Nonce::new(awaiting.nonce()));
        let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
        let spoken = match lang {
            Lang::Vi => "vi",
            Lang::En => "en",
        };
        let mut request = client
            .authorize_url(flow, || state, || nonce)
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .add_ui_locale(LanguageTag::new(spoken.to_owned()));
        if self.by.claim != SUBJECT {
            let name = serde_json::Value::from(self.by.claim.as_str());
            let wanted = format!("{{\"id_token\":{{{name}:{{\"essential\":true}}}}}}");
            request = request.add_extra_param("claims", wanted);
        }
        Ok(request.url().0.into())
    }

    /// Who came back with a code of the provider's.
    ///
    /// # Errors
    /// [`ProviderError`].
    pub async fn who(&self, awaiting: &Awaiting, code: &str, now: Instant) -> Result<Subject, ProviderError> {
        let known = self.known.of(&self.http, None).await?;
        let client = self.client(&known);
        let answer = self.exchanged(&client, awaiting, code).await?;
        let token = answer.id_token().ok_or_else(|| ProviderError::Token("there is none".to_owned()))?;
        let nonce = Nonce::new(awaiting.nonce());
        let proven = token::proven(&client, token, (&nonce, now));
        let proven = match proven {
            // A key that the provider took up since it was asked.
            Err(fault) if fault.is_of_key() => {
                let newer = self.known.of(&self.http, Some(&known)).await?;
                token::proven(&self.client(&newer), token, (&nonce, now))
            }
            other => other,
        };
        let subject = proven.map_err(|fault| ProviderError::Token(fault.to_string()))?;
        let named = if self.by.claim == SUBJECT { Some(subject) } else { token::claim(token, &self.by.claim) };
        let named = named.and_then(|name| Subject::new(self.by.clone(), &name).ok());
        named.ok_or_else(|| ProviderError::ClaimMissing(self.by.claim.clone()))
    }

    async fn exchanged(
        &self,
        client: &Client,
        awaiting: &Awaiting,
        code: &str,
    ) -> Result<CoreTokenResponse, ProviderError> {
        let request = client.exchange_code(AuthorizationCode::new(code.to_owned()));
        let request = request.map_err(|error| ProviderError::Away(error.to_string()))?;
        let request = request.set_pkce_verifier(PkceCodeVerifier::new(awaiting.verifier()));
        request.request_async(&self.http).await.map_err(|error| match error {
            RequestTokenError::ServerResponse(refused) => ProviderError::Refused(refused.to_string()),
            RequestTokenError::Request(error) => ProviderError::Away(error.told()),
            RequestTokenError::Parse(error, _) => ProviderError::Token(error.to_string()),
            RequestTokenError::Other(error) => ProviderError::Away(error),
        })
    }

    fn client(&self, known: &Metadata) -> Client {
        let secret = Some(self.secret.clone());
        let client = CoreClient::from_provider_metadata(known.clone(), self.client_id.clone(), secret);
        client.set_redirect_uri(self.back.clone())
    }
}
