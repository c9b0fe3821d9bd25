/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_TEST_PORTAL_SIGNED_H
#define OSVDI_TEST_PORTAL_SIGNED_H

/*
 * Keys of a provider, and an ID token signed by each of them (python3-cryptography made them):
 * of https://id.example for the client "portal", nonce "n", from 1000 to 2000, beside the
 * access token "access".
 */
#define SIGNED_KEYS \
	"{\"keys\":[{\"kid\":\"k-rs\",\"use\":\"sig\",\"alg\":\"RS256\",\"kty\":\"RSA\"," \
	"\"n\":\"w5Z4_xuCdjMGHLTL-lArOb3VAKvwb1W0LiSmnrgsKtYc2RoMN57TX_eKIKFHx4svoyHe_1ya" \
	"wLUpg1_aCVbsHGaXr0AA0ezuKXDELSGWNOhMCRi_T-5FbIe13JDYkm9ckqvXSbij0OX6Ar5WHRMTP6Of" \
	"ADYuyMaCrShJTlvvm5bl-E2AsEPonHPWFa_b25Cvmn4smJP1S9ClA2nPAvbpkrzJM620qdDR7qttDLoi" \
	"A_o1JiUBcHT7KOrmHxkRfLRzGFH1hlssCxQE28TrlfHKksx52Ys43oaos2XNku2tSMcdYJNOTimwZsPr" \
	"GQrPuKJzv9QukA18jpYMOFGH2U6cGQ\",\"e\":\"AQAB\"},{\"kid\":\"k-ps\",\"use\":\"sig" \
	"\",\"alg\":\"PS256\",\"kty\":\"RSA\",\"n\":\"nsrLK13NCQV6yRRD9T9VglBhnudnDhImf82" \
	"jsn1VBPRhlZiIfo874r4kDnkyf00Y-fx9pU7IJKwpY1Csx-fxA0ShuK99toGedpWf0k-FUkF88E1d7OP" \
	"atydk6y3wrHxYYC4yUHie97cLJ-mlqSOT-8ZrJShaC5OD35fHAKF4M1mOs8jqauPWIoYhkGdILgSq6Ni" \
	"vV3qcnI0weCm8lO-N2XwZ8p9wBNuK7Dl3nybslieVZflwE6M-RLpDsxsCJ1Opp-BjTJ6eBwXxIy9gySY" \
	"20vmV1ATY8dD3g-1f6GSRq6cw6gTBHQIqtoLU9uiWnUI_XDVgmgVRcHFMs-2EAYqMew\",\"e\":\"AQ" \
	"AB\"},{\"kid\":\"k-es\",\"use\":\"sig\",\"alg\":\"ES256\",\"kty\":\"EC\",\"crv\"" \
	":\"P-256\",\"x\":\"fdxdJ9cR3JYBLoETcQFYF-pHH5SLOBxyGltjHeVrVsg\",\"y\":\"N5ARjCM" \
	"DCYsOduknt8BvA_gJHd15o22YsSzE23k7X2M\"}]}"

#define SIGNED_RS256 \
	"eyJhbGciOiAiUlMyNTYiLCAia2lkIjogImstcnMiLCAidHlwIjogIkpXVCJ9.eyJpc3MiOiAiaHR0cHM" \
	"6Ly9pZC5leGFtcGxlIiwgInN1YiI6ICJhbGljZSIsICJhdWQiOiAicG9ydGFsIiwgIm5vbmNlIjogIm4" \
	"iLCAiaWF0IjogMTAwMCwgImV4cCI6IDIwMDAsICJhdF9oYXNoIjogIm9GWWYxa25OdHJxbmhBVmZCUnV" \
	"0ZVEifQ.F0Y3KMhj-R_31y2220XwJx7vfz7oXNI7G4W0GTtrxGAu6rb9h9SbbW3coilf9wKaZbeadsbU" \
	"vjtgPlzmPcC7S1eZVNaKYBffhlXklAbaNp4kX_AH48hnXkjoZwS5Jd2koNadzWxrcq2Qi1P09eDL6b2S" \
	"cfkZrCcKdPKaMIDu2LeCq_SCohBDGhXK1C8VumuVVvfzTyBX4q9TPqwHTUGCPHW8OYdzk4FhfHvKhTWz" \
	"AhqQCf_YG4k-J63belcluTzC09wD4fHDRdyMacntTRh0Vum4XAm4wwNX6VJoew2B05PMTpfx09_q2G7-" \
	"3V0zQFAjG4rpHPyKnJWM2q0GfpuEpg"

#define SIGNED_PS256 \
	"eyJhbGciOiAiUFMyNTYiLCAia2lkIjogImstcHMiLCAidHlwIjogIkpXVCJ9.eyJpc3MiOiAiaHR0cHM" \
	"6Ly9pZC5leGFtcGxlIiwgInN1YiI6ICJhbGljZSIsICJhdWQiOiAicG9ydGFsIiwgIm5vbmNlIjogIm4" \
	"iLCAiaWF0IjogMTAwMCwgImV4cCI6IDIwMDAsICJhdF9oYXNoIjogIm9GWWYxa25OdHJxbmhBVmZCUnV" \
	"0ZVEifQ.fWkVTCyMFLDpLQzQ-7ZBK6nDgVtTt4M8XLi8Ku4hYlcYHhOBpy94bIrtWHL3gqMYAktQiYqa" \
	"RfxPR9OzhP7prVbtEuUh74YzL3Dwwm0m1jCbyDggob9CCqDCq5lZKWr5DKBs2Aj2RW9sUceMhwbLKhaR" \
	"fYVNaZLZPLhCE594roA8xLuLTYsNw5Sz4899WxG0nZmfVG0h7KUGJVJLtNtkvBFEgil5QTFs4CxfFhIc" \
	"StPPI8FM-hx7zimZewhJoJhORrIKVQt0fS3mfXSpwlcmrHhu3iEZRxqhTCmZSxnKimatuOx0Li3rQGlf" \
	"7BdEN2Bd-TP4fUM3MjEQt8IiS2qLxw"

#define SIGNED_ES256 \
	"eyJhbGciOiAiRVMyNTYiLCAia2lkIjogImstZXMiLCAidHlwIjogIkpXVCJ9.eyJpc3MiOiAiaHR0cHM" \
	"6Ly9pZC5leGFtcGxlIiwgInN1YiI6ICJhbGljZSIsICJhdWQiOiAicG9ydGFsIiwgIm5vbmNlIjogIm4" \
	"iLCAiaWF0IjogMTAwMCwgImV4cCI6IDIwMDAsICJhdF9oYXNoIjogIm9GWWYxa25OdHJxbmhBVmZCUnV" \
	"0ZVEifQ.0rDDC_y8ABGBncUsdgR7iYbTSqCmfsw3k4grC4IAKPATHkEToYp2F45jJDu-yYxSXm1RlpDU" \
	"MPzq4WaeStRNPg"

#endif
